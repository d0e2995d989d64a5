"""What was sent along with a draft, as answers hold it."""

from typing import Any

from workflows.models import Draft
from workflows.models.uploads import Upload


def uploads_of(draft: Draft) -> dict[str, dict[str, Any]]:
    """The files of a draft by public id, each as a Document of the data standard (Dublin Core names)."""
    found = Upload.objects.of_draft(draft.public_id).exclude(state=Upload.State.INFECTED)
    return {str(one.public_id): as_document(one) for one in found}


def as_document(one: Upload) -> dict[str, Any]:
    """A file as a canonical value: it names the file and does not hold it."""
    return {
        "identifier": str(one.public_id),
        "title": one.name,
        "mediaType": one.media_type,
        "byteSize": one.size,
        "sha256": one.sha256,
    }
