"""The tables of workflows: published services, drafts, cases with all that belongs to them, jobs."""

from workflows.models.cases import Case, CaseEvent, CaseReference
from workflows.models.consents import Consent
from workflows.models.definitions import ServiceVersion
from workflows.models.digests import Digest
from workflows.models.drafts import Draft
from workflows.models.jobs import Inbox, Job, Slot
from workflows.models.people import CoSignRequest, Notification, Task
from workflows.models.requests import CaseDocument, Request
from workflows.models.uploads import Upload, UploadContent

__all__ = [
    "Case",
    "CaseDocument",
    "CaseEvent",
    "CaseReference",
    "CoSignRequest",
    "Consent",
    "Digest",
    "Draft",
    "Inbox",
    "Job",
    "Notification",
    "Request",
    "ServiceVersion",
    "Slot",
    "Task",
    "Upload",
    "UploadContent",
]
