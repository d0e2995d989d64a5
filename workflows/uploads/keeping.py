"""Taking a file in: judged, within limits, scanned, sealed; and looking again at what was held back."""

import hashlib
import logging
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from identity.models import User
from workflows.models import Draft
from workflows.models.uploads import Upload, UploadContent
from workflows.policies import may_apply_for
from workflows.services.errors import NotAllowed
from workflows.uploads import scanning
from workflows.uploads.kinds import judge
from workflows.uploads.names import clean_name
from workflows.uploads.refused import UploadRefused

log = logging.getLogger(__name__)
LARGEST = 10 * 1024 * 1024  # bytes of one file
MOST_OF_A_DRAFT = 20
ROOM_OF_A_PERSON = 200 * 1024 * 1024  # bytes of all of a person's files
AGAIN, LATEST_AGAIN = timedelta(minutes=1), timedelta(hours=6)


def keep_upload(*, draft: Draft, field: str, name: str, content: bytes, actor: User, now: datetime) -> Upload:
    """Keep a file sent along with a draft; raises UploadRefused ("gone": the draft is) and NotAllowed.

    Where a scanner is configured and gives no answer, the file is held back and scanned later.
    """
    if not may_apply_for(actor, draft.applicant, draft.service_version.service):
        raise NotAllowed(f"draft {draft.public_id}")
    if len(content) > LARGEST:
        raise UploadRefused("too-large")
    _insist_on_room(draft, len(content))
    judged = judge(content)
    upload = Upload(
        owner=draft.applicant,
        draft_id=draft.public_id,
        field=field,
        media_type=judged.media_type,
        size=len(judged.content),
        sha256=hashlib.sha256(judged.content).hexdigest(),
        created_at=now,
    )
    upload.name = clean_name(name, judged.extension)
    _scan(upload, judged.content, now)
    if upload.state == Upload.State.INFECTED:
        raise UploadRefused("virus", upload.finding)
    with transaction.atomic():
        if Draft.objects.select_for_update(of=("self",)).filter(pk=draft.pk).first() is None:
            raise UploadRefused("gone")
        _insist_on_room(draft, upload.size)  # again: others were sent while this one was scanned
        upload.save(force_insert=True)
        UploadContent.of(upload, judged.content).save(force_insert=True)
    return upload


def delete_upload(*, draft: Draft, public_id: uuid.UUID, actor: User) -> bool:
    """Throw away a file of a draft; False where there is none. Raises NotAllowed."""
    if not may_apply_for(actor, draft.applicant, draft.service_version.service):
        raise NotAllowed(f"draft {draft.public_id}")
    found = Upload.objects.of_draft(draft.public_id).filter(public_id=public_id, case=None)
    deleted, _ = found.delete()
    return bool(deleted)


def scan_again(now: datetime) -> int:
    """Scan what is held back and due; return how many were judged. A chore of the worker."""
    if not scanning.is_configured():
        return 0
    count = 0
    for upload in Upload.objects.waiting(now)[:50]:
        held = UploadContent.objects.select_related("upload").filter(upload=upload).first()
        if held is None:  # thrown away, or judged by another worker
            continue
        _scan(upload, held.opened(), now)
        count += _judged(upload) and upload.state != Upload.State.QUARANTINED
    return count


@transaction.atomic
def _judged(upload: Upload) -> bool:
    """Write what a scan found, and delete the content of a virus; False where it is held back no more."""
    still = Upload.objects.filter(pk=upload.pk, state=Upload.State.QUARANTINED)
    found = {name: getattr(upload, name) for name in ("state", "finding", "scans", "next_scan_at")}
    if not still.update(**found):
        return False
    if upload.state == Upload.State.INFECTED:
        UploadContent.objects.filter(upload=upload).delete()
        log.warning("upload %s carries %s; its content is deleted", upload.public_id, upload.finding)
    return True


def _scan(upload: Upload, content: bytes, now: datetime) -> None:
    if not scanning.is_configured():
        upload.state = Upload.State.CLEAN
        return
    upload.scans += 1
    try:
        verdict = scanning.scan(content)
    except scanning.NotScanned as error:
        log.warning("upload %s is held back: %s", upload.public_id, error)
        upload.state, upload.finding = Upload.State.QUARANTINED, str(error)[:200]
        upload.next_scan_at = now + min(AGAIN * 2 ** min(upload.scans - 1, 10), LATEST_AGAIN)
        return
    upload.state = Upload.State.INFECTED if verdict.virus else Upload.State.CLEAN
    upload.finding, upload.next_scan_at = verdict.virus[:200], None


def _insist_on_room(draft: Draft, size: int) -> None:
    if Upload.objects.of_draft(draft.public_id).count() >= MOST_OF_A_DRAFT:
        raise UploadRefused("too-many")
    held = Upload.objects.filter(owner=draft.applicant).aggregate(sum=Sum("size"))["sum"] or 0
    if held + size > ROOM_OF_A_PERSON:
        raise UploadRefused("no-room")
