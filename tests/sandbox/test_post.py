"""The people's mail: real SMTP in, a page out."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests

from adapters.sandbox.post import PeoplesPost
from adapters.simulator.server import PortTaken


@pytest.fixture
def post(tmp_path: Path) -> Iterator[PeoplesPost]:
    post = PeoplesPost(tmp_path)
    post.start()
    yield post
    post.stop()


def send(post: PeoplesPost, subject: str, text: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "onestop@localhost", "doctor@example.org", subject
    mail["Date"] = "Mon, 01 Mar 2027 09:30:00 +0000"
    mail.set_content(text)
    with smtplib.SMTP("127.0.0.1", post.door) as client:
        client.send_message(mail)


def page(post: PeoplesPost, path: str = "/") -> requests.Response:
    return requests.get(post.url + path, timeout=5)


def test_mails_are_read_and_their_links_followed(post: PeoplesPost) -> None:
    assert "Nothing yet" in page(post).text
    send(post, "Förfrågan", "Please confirm\n\nhttp://127.0.0.1:8000/confirm/abc_-1/\n")
    send(post, "<b>Later</b>", 'Text <script>alert("no")</script>')
    listed = page(post).text
    assert listed.index("&lt;b&gt;Later") < listed.index("Förfrågan")
    assert '<a href="http://127.0.0.1:8000/confirm/abc_-1/">' in page(post, "/mails/1").text
    assert "<script>" not in page(post, "/mails/2").text
    assert "2027-03-01 09:30:00" in page(post, "/mails/1").text
    assert [page(post, path).status_code for path in ("/mails/3", "/mails/x", "/style.css")] == [
        404,
        404,
        200,
    ]
    assert requests.post(post.url + "/", timeout=5).status_code == 405


def test_mails_are_kept(tmp_path: Path) -> None:
    for count in (1, 2):
        post = PeoplesPost(tmp_path)
        post.start()
        send(post, f"Number {count}", "Text")
        assert len(post.mails()) == count
        post.stop()


def test_a_taken_port_is_named(post: PeoplesPost) -> None:
    with pytest.raises(PortTaken, match=str(post.door)):
        PeoplesPost(None, door=post.door).start()
