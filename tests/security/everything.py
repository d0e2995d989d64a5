"""A database that holds something of everything about a person whom nothing else is like, through the models.

``CANARIES`` are what identifies the person, ``SECRETS`` what opens doors; neither may be found in a copy.
"""

import uuid

from django.test import Client
from django.utils import timezone

from adapters.models import (
    BatchFile,
    BatchRecord,
    Connection,
    Exchange,
    InboundMail,
    Inquiry,
    Postbox,
    Ruling,
    StoredDocument,
    WorkbenchItem,
    document_label,
)
from identity import levels, sign_ins
from identity.models import AuthenticatorApp, FederatedIdentity, IdentityProvider, Mandate, User
from identity.models.clients import Application
from onestop.lib import personal_number
from onestop.lib.sealing import seal
from tests.agency.world import exchange
from tests.workflows.world import Clock, pass_time, submitted
from workflows.models import (
    Case,
    CaseDocument,
    Draft,
    Inbox,
    Job,
    Notification,
    Request,
    Task,
    Upload,
    UploadContent,
)
from workflows.services.drafts import prefill, start_draft

NUMBER = personal_number.make("1931-09-27", 417)
NAMES = {
    "given_name": "Canarygiven",
    "family_name": "Canaryfamily",
    "birth_name": "Canarybirth",
    "place_of_birth": "Canaryplace",
    "date_of_birth": "1931-09-27",
    "email": "canary.mail@example.org",
    "telephone": "+99900417417",
}
SAID = "Canarysaid"  # in everything that is said or answered about the person
CANARIES = [NUMBER, *NAMES.values(), SAID]
SECRETS = {"app": "canary-totp-secret", "e-id": "canary-client-secret", "id-token": "canary.id.token"}


def canary() -> User:
    """The person."""
    return User.objects.create_user(NUMBER, **NAMES)


def fill(person: User, clock: Clock) -> Case:
    """Put something into every sealed column; return the person's case."""
    now = timezone.now()
    case = submitted(person, clock)
    pass_time(clock, seconds=1)
    draft = start_draft(service="moving-house", actor=person, now=clock())
    prefill(draft=draft, actor=person, now=clock())
    Draft.objects.filter(pk=draft.pk).update(answers={"street": SAID})
    Notification.objects.create(user=person, case=case, token="canary", kind="x", data={"said": SAID})
    about = {"person": {"givenName": NAMES["given_name"], "identifier": {"notation": NUMBER}}, "note": SAID}
    _work(case, about)
    _wires(case, about)
    _sign_in(person)
    upload = Upload(owner=person, draft_id=case.draft_id, case=case, field="lease", size=1)
    upload.media_type, upload.sha256, upload.name = "application/pdf", "0" * 64, f"{SAID}.pdf"
    upload.save()
    UploadContent.of(upload, SAID.encode()).save()
    mandate = Mandate(principal=person, agent_index="a" * 43, valid_from=now, valid_until=now)
    mandate.agent_name = SAID
    mandate.save()
    return case


def _work(case: Case, about: dict[str, object]) -> None:
    Job.objects.create(
        case=case, lane="npr", kind=Job.Kind.CALL, dedupe="canary", payload=about, result=about, error=SAID
    )
    Task.objects.create(
        case=case, token="canary", unit="npr", kind="x", question=SAID, value=about, reason=SAID
    )
    Request.objects.create(case=case, token="canary", kind=Request.Kind.LINK, value=about, answer=about)
    document = CaseDocument(case=case, token="canary", name=f"{SAID}.pdf", sha256="0" * 64)
    document.content = SAID.encode()
    document.save()
    Inbox.objects.create(
        agency="npr", message_id="1", reference="r", message=about, outcome=Inbox.Outcome.UNKNOWN
    )


def _wires(case: Case, about: dict[str, object]) -> None:
    connection = Connection(key="npr", name="National Population Register", kind="soap")
    connection.credentials = {"password": SECRETS["e-id"]}
    connection.save()
    exchange(
        case.reference, canonical=about, answer=about, sent=SAID.encode(), received=SAID.encode(), detail=SAID
    )
    digest = "1" * 64
    content = seal(SAID.encode(), label=document_label(digest))
    StoredDocument.objects.create(digest=digest, size=1, content_sealed=content)
    item = WorkbenchItem(connection="npr", operation="open_case", idempotency_key="canary", reference="R-1")
    item.case_reference, item.value = case.reference, about
    item.save()
    ruling = Ruling(item=item, outcome=Ruling.Outcome.GRANTED, digest="2" * 64)
    ruling.told = dict.fromkeys(("reasons", "law", "decidedBy"), SAID)
    ruling.document = SAID.encode()
    ruling.save()
    inquiry = Inquiry(item=item)
    inquiry.said = {"question": SAID, "askedBy": SAID, "answer": ""}
    inquiry.save()
    Postbox.objects.create(connection="npr")
    mail = InboundMail(connection="npr", digest="3" * 64, kind="answer")
    mail.content = SAID.encode()
    mail.save()
    file = BatchFile(connection="npr", sequence=1, due_at=timezone.now())
    file.verdict = {"code": SAID}
    file.save()
    record = BatchRecord(file=file, number=1, connection="npr", idempotency_key="canary", operation="x")
    record.values, record.verdict = {"NAME": SAID}, {"code": SAID}
    record.save()
    assert Exchange.objects.get(case_reference=case.reference).detail == SAID


def _sign_in(person: User) -> None:
    AuthenticatorApp(
        user=person, name="phone", bound_level=levels.SUBSTANTIAL, secret=SECRETS["app"].encode()
    ).save()
    FederatedIdentity.objects.create(issuer="https://eid.example", subject=str(uuid.uuid4()), user=person)
    other = IdentityProvider(key="other", issuer="https://other.example", client_id="x")
    other.secret = SECRETS["e-id"]
    other.save()
    client = Application(client_id="npr", name="npr", agency="npr")
    client.set_secret(SECRETS["e-id"])
    client.save()


def browser(person: User) -> Client:
    """A browser in which the person is signed in, with an ID token in its session."""
    client = Client()
    client.force_login(person)
    session = client.session
    session["acr"], session["id_token"] = levels.SUBSTANTIAL, SECRETS["id-token"]
    session[sign_ins.SINCE] = timezone.now().isoformat()
    session.save()
    return client
