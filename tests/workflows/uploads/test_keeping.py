"""Keeping, scanning with a real clamd, quotas, and serving."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from identity.models import User
from tests.portal.follow.world import signed_in
from tests.workflows.conftest import agencies, clock, maria
from tests.workflows.uploads.files import EICAR, pdf, picture
from tests.workflows.world import OLE, Agencies, Clock, citizen, filled_draft
from workflows.models import Draft, Upload, UploadContent
from workflows.services.errors import NotAllowed
from workflows.services.submission import submit_case
from workflows.uploads import keeping, scanning
from workflows.uploads.keeping import keep_upload, scan_again
from workflows.uploads.refused import UploadRefused

__all__ = ["agencies", "clock", "maria"]
pytestmark = pytest.mark.django_db
CLAMD = shutil.which("clamd")


@pytest.fixture
def draft(maria: User, clock: Clock, agencies: Agencies) -> Draft:
    return filled_draft(maria, clock)


def keep(draft: Draft, clock: Clock, content: bytes | None = None, actor: User | None = None) -> Upload:
    return keep_upload(
        draft=draft,
        field="lease",
        name="lease.pdf",
        content=content or pdf(),
        actor=actor or draft.applicant,
        now=clock(),
    )


@pytest.fixture(scope="session")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real clamd that knows one virus, on a socket of its own."""
    if CLAMD is None:
        pytest.skip("clamd is not installed (Debian: apt-get install clamav-daemon)")
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "db").mkdir()
    (folder / "db" / "test.ndb").write_text(f"Test.File:0:*:{EICAR.hex()}\n")
    where = folder / "clamd.ctl"
    settings = {
        "DatabaseDirectory": folder / "db",
        "LocalSocket": where,
        "Foreground": "yes",
        "StreamMaxLength": "1M",
        "LogFile": folder / "clamd.log",
        "User": "root",
    }
    (folder / "clamd.conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    command = [CLAMD, "--config-file", str(folder / "clamd.conf")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not _listens(where):
        assert process.poll() is None, (folder / "clamd.log").read_text()
        assert time.monotonic() < deadline, "clamd did not begin to listen"
        time.sleep(0.1)
    yield str(where)
    process.terminate()
    process.wait(30)


def _listens(where: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        return where.exists() and line.connect_ex(str(where)) == 0


def test_what_is_kept_lies_sealed(draft: Draft, clock: Clock) -> None:
    kept = keep(draft, clock, pdf(text="CANARY"))
    assert kept.state == Upload.State.CLEAN
    assert kept.name == "lease.pdf"
    stored = UploadContent.objects.get()
    assert b"CANARY" not in bytes(stored.sealed)
    assert b"%PDF" not in bytes(stored.sealed)
    assert b"CANARY" in stored.opened()


def test_nobody_else_adds_a_file(draft: Draft, clock: Clock) -> None:
    with pytest.raises(NotAllowed):
        keep(draft, clock, actor=citizen(OLE, "Ole"))


def test_a124_limits_of_file_draft_and_person(
    draft: Draft, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def why(content: bytes) -> str:
        with pytest.raises(UploadRefused) as refused:
            keep(draft, clock, content)
        return refused.value.why

    assert why(b"%PDF-" + b"0" * keeping.LARGEST) == "too-large"
    monkeypatch.setattr(keeping, "MOST_OF_A_DRAFT", 1)
    keep(draft, clock)
    assert why(pdf()) == "too-many"
    monkeypatch.setattr(keeping, "MOST_OF_A_DRAFT", 9)
    monkeypatch.setattr(keeping, "ROOM_OF_A_PERSON", 100)
    assert why(pdf()) == "no-room"


def test_a120_a_virus_in_a_document_is_refused(draft: Draft, clock: Clock, clamd: str, settings: Any) -> None:
    settings.CLAMD = clamd
    assert keep(draft, clock).state == Upload.State.CLEAN
    with pytest.raises(UploadRefused) as refused:
        keep(draft, clock, pdf(stream=EICAR.decode()))
    assert (refused.value.why, refused.value.detail) == ("virus", "Test.File.UNOFFICIAL")
    assert Upload.objects.count() == 1


def test_a121_a_silent_scanner_holds_files_back(
    draft: Draft, clock: Clock, clamd: str, settings: Any, tmp_path: Path
) -> None:
    settings.CLAMD = str(tmp_path / "nobody.ctl")
    kept = keep(draft, clock)
    assert kept.state == Upload.State.QUARANTINED
    client = signed_in(draft.applicant)
    held = client.get(reverse("portal:file", args=[kept.public_id]))
    assert held.status_code == 409
    assert b"%PDF" not in held.content
    clock.move(minutes=2)
    assert scan_again(clock()) == 0
    settings.CLAMD = clamd
    clock.move(minutes=5)
    assert scan_again(clock()) == 1
    assert client.get(reverse("portal:file", args=[kept.public_id])).status_code == 200


def test_a121_what_is_too_large_to_scan_is_held_back(
    draft: Draft, clock: Clock, clamd: str, settings: Any
) -> None:
    settings.CLAMD = clamd
    kept = keep(draft, clock, pdf(text="0" * 2_000_000))
    assert kept.state == Upload.State.QUARANTINED
    assert "size limit exceeded" in kept.finding


def test_a121_a_virus_found_later_takes_the_content_away(
    draft: Draft, clock: Clock, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CLAMD = "127.0.0.1:9"
    kept = keep(draft, clock)
    monkeypatch.setattr(scanning, "scan", lambda _content: scanning.Verdict("Late.Virus"))
    clock.move(hours=1)
    assert scan_again(clock()) == 1
    kept.refresh_from_db()
    assert (kept.state, UploadContent.objects.exists()) == (Upload.State.INFECTED, False)
    assert signed_in(draft.applicant).get(reverse("portal:file", args=[kept.public_id])).status_code == 404


def test_a_file_that_comes_after_its_application_was_sent_is_not_kept(
    draft: Draft, clock: Clock, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_content: bytes) -> scanning.Verdict:
        submit_case(draft=draft, actor=draft.applicant, now=clock())
        return scanning.Verdict()

    settings.CLAMD = "127.0.0.1:9"
    monkeypatch.setattr(scanning, "scan", slow)
    with pytest.raises(UploadRefused, match="gone"):
        keep(draft, clock)
    assert not Upload.objects.exists(), "it would belong to no draft and no case"


def test_a_file_thrown_away_while_it_is_scanned_holds_no_other_up(
    draft: Draft, clock: Clock, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CLAMD = "127.0.0.1:9"
    gone, stays = keep(draft, clock), keep(draft, clock)

    def found(_content: bytes) -> scanning.Verdict:
        Upload.objects.filter(pk=gone.pk).delete()
        return scanning.Verdict("Late.Virus")

    monkeypatch.setattr(scanning, "scan", found)
    clock.move(hours=1)
    assert scan_again(clock()) == 1
    assert Upload.objects.get().pk == stays.pk
    assert not UploadContent.objects.exists()


def test_a126_a_download_is_an_attachment_in_a_sandbox(draft: Draft, clock: Clock) -> None:
    kept = keep(draft, clock)
    response = signed_in(draft.applicant).get(reverse("portal:file", args=[kept.public_id]))
    assert response.content == pdf()
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"].startswith("sandbox")
    assert response.headers["Cache-Control"] == "no-store"


def test_a94_a_file_of_somebody_else_is_not_there(draft: Draft, clock: Clock) -> None:
    kept = keep(draft, clock)
    address = reverse("portal:file", args=[kept.public_id])
    assert signed_in(citizen(OLE, "Ole")).get(address).status_code == 404
    case = submit_case(draft=draft, actor=draft.applicant, now=clock())
    kept.refresh_from_db()
    assert kept.case == case
    assert signed_in(User.objects.by_identifier(OLE) or User()).get(address).status_code == 404
    assert signed_in(draft.applicant).get(address).status_code == 200


def test_files_go_with_their_draft_and_their_case(draft: Draft, clock: Clock) -> None:
    from workflows import retention

    keep(draft, clock)
    retention.delete_drafts([draft])
    assert not Upload.objects.exists()
    assert not UploadContent.objects.exists()


FIELD = {"name": "lease", "kind": "upload", "label": "A copy", "path": "lease", "required": True, "most": 2}
PAGE = {"id": "lease", "title": "Your lease", "fields": [FIELD]}


@pytest.fixture
def asking(draft: Draft) -> Draft:
    """The draft of a service that asks for a file."""
    version = draft.service_version
    version.document = {**version.document, "pages": [*version.document["pages"], PAGE]}
    version.published_at += timedelta(seconds=1)
    version.save()
    return draft


def test_a_page_takes_files_one_at_a_time(asking: Draft) -> None:
    client = signed_in(asking.applicant)
    address = reverse("portal:page", args=[asking.public_id, "lease"])
    assert "PDF, or a photograph" in client.get(address).content.decode()

    def post(content: bytes | None, name: str = "scan.pdf", **more: str) -> Any:
        files = {"file": SimpleUploadedFile(name, content)} if content else {}
        return client.post(address, {**more, **files})

    assert post(None).status_code == 422, "the file is required"
    refused = post(b"<html>", add="1")
    assert "Only PDF files and pictures" in refused.content.decode()
    assert post(pdf(), add="1").status_code == 302
    assert post(picture("JPEG"), name="photo.jpeg", add="1").status_code == 302
    shown = client.get(address).content.decode()
    assert "scan.pdf" in shown
    assert "photo.jpg" in shown
    assert "Add this file" not in shown, "two at most"
    gone = Upload.objects.get(media_type="image/jpeg")
    assert client.post(address, {"remove": str(gone.public_id)}).status_code == 302
    assert client.post(address, {"remove": "nonsense"}).status_code == 302
    assert post(None).status_code == 302
    asking.refresh_from_db()
    (document,) = asking.answers["lease"]
    assert document["title"] == "scan.pdf"
    assert document["sha256"] == Upload.objects.get().sha256
