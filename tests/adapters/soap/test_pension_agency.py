"""The pension agency's adapter: SOAP 1.2, MTOM, username tokens, signed answers, answers that come later."""

import base64
from typing import Any

import pytest

from adapters import registry
from adapters.errors import Misconfigured, NotUnderstood
from adapters.models import Connection, Exchange
from adapters.ports import Accepted, Pending, Rejected
from adapters.sandbox import Sandbox
from tests.adapters.contract import PlayedContract
from tests.adapters.keys import certificate, pem
from tests.sandbox.waiting import eventually

PENSIONER: dict[str, Any] = {"person": {"identifier": {"notation": "19571111T5500"}}}
STRANGER: dict[str, Any] = {"person": {"identifier": {"notation": "20990101T0000"}}}
CERTIFICATE = base64.b64encode(b"%PDF-1.7 \xff\x00\r\n--" * 400).decode()
REPORT: dict[str, Any] = {
    **PENSIONER,
    "dateOfDeath": "2026-11-01",
    "reporter": "Maria Lindqvist-Okafor",
    "certificate": {"title": "death.pdf", "mediaType": "application/pdf", "content": CERTIFICATE},
}


class TestPensionAgency(PlayedContract):
    key = "pen"
    accepted = ("get_entitlement", PENSIONER)
    rejected = ("get_entitlement", STRANGER)
    refused = ("get_entitlement", {"person": {"identifier": {"notation": "1"}}}, "person.identifier.notation")
    changes = ("report_death", REPORT)

    @pytest.fixture(autouse=True)
    def _portal(self, settings: Any) -> None:
        settings.PORTAL_URL = "http://127.0.0.1:9"

    def test_attachments_come_back_whole(self, sandbox: Sandbox) -> None:
        result = self.perform(self.accepted)
        assert isinstance(result, Accepted)
        assert (result.value["kind"], result.value["monthlyAmount"]) == ("old-age", "1480.50")
        text = base64.b64decode(result.value["statement"]["content"]).decode()
        assert text.startswith("Statement for 195711115500\n")
        row = Exchange.objects.recent()[0]
        assert row.received_type.startswith("multipart/related")
        assert b"1480.50 a month" in row.received_bytes  # as octets, not as base64

    def test_a_report_is_taken_first_and_answered_later(self, sandbox: Sandbox) -> None:
        result = self.perform(self.changes or self.accepted, key="one-report")
        assert isinstance(result, Pending)
        assert result.reference.startswith("urn:uuid:")
        assert b"%PDF-1.7" in Exchange.objects.recent()[0].sent_bytes
        agency: Any = sandbox.agencies["pen"]
        kept = agency.store.latest("effects", 1)[0]
        assert kept["key"] == result.reference
        assert f'"certificate": {len(base64.b64decode(CERTIFICATE))}' in kept["detail"]
        final = eventually(lambda: self.answered("report_death", result.reference))
        assert isinstance(final, Accepted)
        assert final.value["status"] == "ended"
        again = self.perform(self.changes or self.accepted, key="one-report")
        assert again == result

    def test_a_refused_report_is_rejected(self, sandbox: Sandbox) -> None:
        sandbox.switch("pen", reject=True)
        result = self.settled(self.changes or self.accepted)
        assert isinstance(result, Rejected)
        assert result.code == "E090"

    def test_wrong_contract_is_not_understood(self, sandbox: Sandbox) -> None:
        sandbox.switch("pen", wrong_contract=True)
        error, _ = self.failing(NotUnderstood)
        assert "Unforeseen" in error.message

    def test_an_answer_of_another_key_is_not_believed(self, sandbox: Sandbox) -> None:
        self._pinning(certificate("ec", "stranger"))
        error, _ = self.failing(NotUnderstood)
        assert "not believed" in error.message

    def test_a_forged_no_is_no_decision(self, sandbox: Sandbox) -> None:
        self._pinning(certificate("ec", "stranger"))
        with pytest.raises(NotUnderstood):
            self.perform(self.rejected)

    def test_a_wrong_password_is_misconfigured(self, sandbox: Sandbox) -> None:
        row = Connection.objects.get(key="pen")
        row.credentials = {**row.credentials, "password": "wrong"}
        row.save()
        error, _ = self.failing(Misconfigured)
        assert "FailedAuthentication" in error.message

    def test_later_answers_need_a_signature(self, sandbox: Sandbox) -> None:
        row = Connection.objects.get(key="pen")
        del row.settings["security"]["answers"]
        row.save()
        with pytest.raises(Misconfigured, match="later answers need"):
            registry.adapter("pen")

    def _pinning(self, other: Any) -> None:
        row = Connection.objects.get(key="pen")
        row.credentials = {**row.credentials, "agency_certificate": pem(other)}
        row.save()
