"""Mails of all kinds, as real ones come: bounces, machines, HTML, quotes, tricks."""

from email.message import EmailMessage

import pytest

from adapters.kinds.email.answers import Answers
from adapters.kinds.email.reading import Kind, read
from adapters.ports import Accepted, Rejected

TOKEN = "0123456789abcdef" * 2
DOMAINS = frozenset({"town.example"})
ANSWERS = Answers.of(
    "town",
    "open",
    {
        "answers": [
            {"is": "accepted", "words": ["case opened"]},
            {"is": "rejected", "words": ["case refused"], "code": "no"},
        ],
        "reference": "(T-[0-9]+)",
    },
)


def mail(text: str, subtype: str = "plain", **headers: str) -> bytes:
    message = EmailMessage()
    headers = {
        "From": "Clerk <clerk@Town.example>",
        "In_Reply_To": f"<onestop.{TOKEN}@us.example>",
        **headers,
    }
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text, subtype=subtype)
    return message.as_bytes()


def meaning(content: bytes) -> object:
    found = read(content, DOMAINS)
    return ANSWERS.conclude(found) if found.kind in (Kind.ANSWER, Kind.BOUNCE) else found.kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Case opened, number T-17.", Accepted),
        ("CASE\n  OPENED", Accepted),
        ("case refused: unknown street", Rejected),
        ("Case opened. No: case refused.", type(None)),
        ("Showcase openedly", type(None)),
        ("We will see.", type(None)),
        ("We will see.\n\nOn Monday, OneStop wrote:\n> write case opened", type(None)),
        ("We will see.\n-----Original Message-----\ncase opened", type(None)),
        ("We will see.\nFrån: moving@us.example\ncase opened", type(None)),
        ("", type(None)),
    ],
)
def test_words_count_once_and_not_in_quotes(text: str, expected: type) -> None:
    assert isinstance(meaning(mail(text)), expected)


def test_html_is_read_for_its_words_alone() -> None:
    html = (
        "<html><head><title>case refused</title><style>case refused</style></head><body>"
        "<p>Case&nbsp;opened <b>T-9</b></p><script>case refused</script>"
        "<blockquote>case refused</blockquote></body></html>"
    )
    result = meaning(mail(html, "html"))
    assert isinstance(result, Accepted)
    assert result.reference == "T-9"


@pytest.mark.parametrize(
    "headers",
    [
        {"In_Reply_To": "", "References": f"<a@b> <onestop.{TOKEN}@us.example>"},
        {"In_Reply_To": "<x@y>", "Subject": f"Re: A move [onestop.{TOKEN}]"},
        {"In_Reply_To": "<x@y>", "To": f"moving+onestop.{TOKEN}@us.example"},
    ],
)
def test_the_token_is_found_where_replies_carry_it(headers: dict[str, str]) -> None:
    found = read(mail("case opened", **headers), DOMAINS)
    assert (found.kind, found.token) == (Kind.ANSWER, TOKEN)


@pytest.mark.parametrize(
    "headers",
    [
        {"From": "clerk@evil.example"},
        {"From": "clerk@town.example.evil.example"},
        {"From": '"clerk@town.example" <x@evil.example>'},
        {"From": "clerk@town.example, x@evil.example"},
        {"In_Reply_To": "<someone@else>"},
        {"In_Reply_To": f"<onestop.{TOKEN[:-1]}@us.example>"},
    ],
)
def test_what_is_not_the_agency_s_answer_is_unknown(headers: dict[str, str]) -> None:
    found = read(mail("case opened", **headers), DOMAINS)
    assert found.kind == Kind.UNKNOWN
    assert found.token == "", "it must not be taken for the case's"
    assert found.why


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner=x"},
        {"X_Autoreply": "yes"},
        {"Precedence": "bulk"},
    ],
)
def test_machines_do_not_answer(headers: dict[str, str]) -> None:
    assert meaning(mail("Out of office. case opened", **headers)) == Kind.MACHINE


def notification(action: str, token: str = TOKEN, returned: str = "text/rfc822-headers") -> bytes:
    return (
        "From: MAILER-DAEMON@relay.example\r\nTo: moving@us.example\r\nSubject: Undelivered\r\n"
        "MIME-Version: 1.0\r\nAuto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n"
        f"Final-Recipient: rfc822; kommun@town.example\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 no such user\r\n\r\n"
        f"--b\r\nContent-Type: {returned}\r\n\r\nMessage-ID: <onestop.{token}@us.example>\r\n\r\n--b--\r\n"
    ).encode()


def test_a_bounce_is_a_no_with_its_reason() -> None:
    result = meaning(notification("failed"))
    assert isinstance(result, Rejected)
    assert result.code == "bounce"
    assert "no such user" in result.reason
    assert read(notification("failed", returned="message/rfc822"), DOMAINS).token == TOKEN


def test_a_delay_or_a_bounce_of_another_mail_is_nothing() -> None:
    assert meaning(notification("delayed")) == Kind.MACHINE
    assert meaning(notification("failed", token="x")) == Kind.MACHINE


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff" * 500,
        b"From: \xff\xfe\r\nSubject: =?utf-8?b?////?=\r\n\r\nx",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: text/plain; charset=no-such\r\nFrom: a@town.example\r\n\r\ncase opened",
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
        b"Subject: " + b"a" * 100_000 + b"\r\n\r\n",
        b"From: a@town.example\r\n" + b"References: <x@y>\r\n" * 5000 + b"\r\n",
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 3000,
    ],
)
def test_no_mail_breaks_the_reader(content: bytes) -> None:
    assert read(content, DOMAINS).kind in Kind


def test_names_of_attachments_are_harmless() -> None:
    message = EmailMessage()
    message["From"], message["In-Reply-To"] = "a@town.example", f"<onestop.{TOKEN}@us.example>"
    message.set_content("case opened")
    name = "../..\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe"
    message.add_attachment(b"x" * 10, maintype="application", subtype="pdf", filename=name)
    (attachment,) = read(message.as_bytes(), DOMAINS).attachments
    assert (attachment["type"], attachment["size"]) == ("application/pdf", 10)
    assert not set(str(attachment["name"])) & {"/", "\N{RIGHT-TO-LEFT OVERRIDE}"}
