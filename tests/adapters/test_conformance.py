"""The five agencies' adapters, and the workbench, keep the adapter contract."""

from typing import Any

import pytest

from adapters import exchange, registry
from adapters.errors import NotUnderstood, Refused, Unavailable
from adapters.models import WorkbenchItem
from adapters.ports import Accepted, Context, Pending, Rejected, Retry
from adapters.sandbox import Sandbox
from tests.adapters.connections import ADDRESS, CHANGE, MARIA, PERSON, STRANGER
from tests.adapters.contract import PlayedContract

UNKNOWN: dict[str, Any] = {"person": {"identifier": {"notation": STRANGER}}}
ASK: dict[str, Any] = {"person": PERSON}
MOVE: dict[str, Any] = {
    "person": PERSON,
    "movers": [MARIA],
    "moveDate": "2026-12-01",
    "address": ADDRESS,
    "tenancy": True,
    "callback": "http://127.0.0.1:9/api/v1/agencies/npr/status",
}


class TestPopulationRegister(PlayedContract):
    key = "npr"
    accepted = ("get_household", ASK)
    rejected = ("get_household", UNKNOWN)
    refused = ("register_move", {**MOVE, "movers": [MARIA, "nobody"]}, "movers[1]")

    def test_wrong_contract_is_not_understood(self, sandbox: Sandbox) -> None:
        sandbox.switch(self.key, wrong_contract=True)
        error, _ = self.failing(NotUnderstood)
        assert "UnforeseenHouseholdNumber" in error.message

    def test_household_is_canonical(self, sandbox: Sandbox) -> None:
        result = self.perform(self.accepted)
        assert isinstance(result, Accepted)
        household = result.value["household"]
        assert household["domicile"]["addressID"] == "AU-10010001"
        assert [member["givenName"] for member in household["member"]] == ["Maria", "Chidi", "Amara", "Elias"]
        assert household["member"][0]["identifier"] == {"notation": MARIA, "issuingAuthority": "NPR"}

    def test_unknown_person_is_not_found_at_the_field(self, sandbox: Sandbox) -> None:
        result = self.perform(self.rejected)
        assert isinstance(result, Rejected)
        assert (result.code, result.field) == ("not-found", "person.identifier.notation")

    def test_unsure_move_is_decided_by_an_officer(self, sandbox: Sandbox) -> None:
        sven = {**PERSON, "identifier": {"notation": "19740606T5360"}}
        move = {**MOVE, "person": sven, "movers": ["19740606T5360"]}
        unsure = self.settled(("register_move", move))
        assert isinstance(unsure, Accepted)
        assert unsure.value["status"] == "unsure"
        decision = {"outcome": "registered", "officer": "Eva Holm", "reason": "seen the tenancy agreement"}
        told = self.perform(("confirm_move", {**decision, "reference": unsure.reference}))
        assert isinstance(told, Accepted)
        assert told.value["status"] == "registered"

    def test_read_without_key_gets_one_of_its_own(self, sandbox: Sandbox) -> None:
        exchange.perform("npr", "get_household", ASK, Context("correlation", ""))
        exchange.perform("npr", "get_household", ASK, Context("correlation", ""))
        assert len(sandbox.ledger("npr")["by_key"]) == 2

    def test_repeated_move_gets_the_first_transaction(self, sandbox: Sandbox) -> None:
        first, again = (self.perform(("register_move", MOVE), key="one-move") for _ in range(2))
        assert first == again
        assert sandbox.ledger("npr")["by_operation"]["RegisterMove"] == {"received": 2, "effects": 1}


class TestTaxOffice(PlayedContract):
    key = "tax"
    accepted = ("update_domicile", CHANGE)
    rejected = ("update_domicile", {**CHANGE, "person": {"identifier": {"notation": "19850312T9999"}}})
    refused = ("update_domicile", {**CHANGE, "address": {**ADDRESS, "postCode": "1"}}, "address.postCode")
    changes = accepted

    def test_lost_token_is_renewed(self, sandbox: Sandbox) -> None:
        self.perform(self.accepted)
        agency: Any = sandbox.agencies["tax"]
        agency.tokens._valid.clear()
        assert self.perform(self.accepted).reference  # type: ignore[union-attr]

    def test_wrong_contract_is_not_understood(self, sandbox: Sandbox) -> None:
        sandbox.switch(self.key, wrong_contract=True)
        self.failing(NotUnderstood)

    def test_time_is_one_for_token_read_and_change(self, sandbox: Sandbox) -> None:
        sandbox.switch(self.key, latency_ms=250)  # each request fits, both together do not
        self.failing(Unavailable, timeout=0.4)

    def test_lost_race_is_read_and_tried_once_more(
        self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        adapter: Any = registry.adapter("tax")
        real, stale = adapter._etag, iter(['"stale"'])
        monkeypatch.setattr(adapter, "_etag", lambda *seen: next(stale, "") or real(*seen))
        assert isinstance(self.perform(self.accepted), Pending)
        assert sandbox.ledger("tax")["by_operation"]["updateDomicile"] == {"received": 2, "effects": 1}
        monkeypatch.setattr(adapter, "_etag", lambda *seen: '"stale"')
        assert isinstance(self.perform(self.accepted), Retry)

    def test_failed_job_is_rejected(self, sandbox: Sandbox) -> None:
        sandbox.switch(self.key, reject=True)
        result = self.settled(self.accepted)
        assert isinstance(result, Rejected)
        assert result.code == "F20"


class TestVehicleRegister(PlayedContract):
    key = "vdr"
    accepted = ("find_vehicles", ASK)
    rejected = ("find_vehicles", {"person": {"identifier": {"notation": "19850312T9999"}}})
    refused = (
        "change_keeper_address",
        {**CHANGE, "vehicle": {"registrationNumber": "1"}},
        "vehicle.registrationNumber",
    )
    changes = ("change_keeper_address", {**CHANGE, "vehicle": {"registrationNumber": "KLM 482"}})

    def test_answer_of_the_wrong_shape(self) -> None:
        """Names of an array's members mean nothing (SOAP 1.1 section 5.4.2): spoil another answer."""
        operation, value = self.changes
        with self.bench() as one:
            one.switch(wrong_contract=True)
            with pytest.raises(NotUnderstood):
                one.send(operation, value)

    def test_vehicles_are_canonical(self, sandbox: Sandbox) -> None:
        result = self.perform(self.accepted)
        assert isinstance(result, Accepted)
        assert {"registrationNumber": "KLM 482", "make": "Volvo", "model": "V60"} in result.value["vehicle"]

    def test_nobody_without_vehicles_is_an_empty_list(self, sandbox: Sandbox) -> None:
        result = self.perform(("find_vehicles", {"person": {"identifier": {"notation": "19920905T4523"}}}))
        assert result == Accepted({"vehicle": []})


class TestAddressAuthority(PlayedContract):
    key = "laa"
    accepted = ("get_address", {"addressID": "AU-10010001"})
    rejected = ("get_address", {"addressID": "AU-99999999"})
    refused = ("find_address", {"postCode": "1"}, "postCode")

    def test_address_is_canonical(self, sandbox: Sandbox) -> None:
        result = self.perform(self.accepted)
        assert isinstance(result, Accepted)
        assert result.value["address"]["thoroughfare"] == "Harbour Street"
        assert (result.value["capacity"], result.value["registered"]) == (6, 4)

    def test_nothing_found_is_an_empty_list(self, sandbox: Sandbox) -> None:
        assert self.perform(("find_address", {"postCode": "99999"})) == Accepted({"address": []})

    def test_maintenance_asks_to_try_again(self, sandbox: Sandbox) -> None:
        sandbox.switch(self.key, reject=True)
        assert isinstance(self.perform(self.accepted), Retry)


class TestSocialInsurance(PlayedContract):
    key = "sia"
    accepted = ("register_change", CHANGE)
    rejected = ("register_change", {**CHANGE, "person": {"identifier": {"notation": "19571111T5500"}}})
    refused = (
        "register_change",
        {**CHANGE, "address": {**ADDRESS, "thoroughfare": "Οδός"}},
        "address.thoroughfare",
    )
    changes = accepted

    @pytest.mark.parametrize("damage", ["partial_file", "wrong_contract"])
    def test_spoilt_acknowledgement_is_not_understood(self, sandbox: Sandbox, damage: str) -> None:
        sandbox.switch(self.key, **{damage: True})
        with pytest.raises(NotUnderstood) as caught:
            self.settled(self.accepted)
        assert caught.value.line > 0

    def test_rejection_has_the_agency_code(self, sandbox: Sandbox) -> None:
        result = self.settled(self.rejected)
        assert isinstance(result, Rejected)
        assert result.code == "17"


@pytest.mark.django_db
class TestWorkbench:
    def perform(self, value: dict[str, Any], key: str) -> Any:
        registry.load_all()
        return exchange.perform("crt", "open_case", value, Context("correlation", key, "MOV-1"))

    def test_item_waits_in_the_queue_once(self) -> None:
        value = {"person": PERSON, "matter": "appeal"}
        first, again = self.perform(value, "k"), self.perform(value, "k")
        assert first == again
        item = WorkbenchItem.objects.for_unit("crt").open().get()
        assert item.reference == first.reference
        assert item.reference.startswith("CRT-")
        assert item.value == value
        assert b"Maria" not in bytes(item.value_sealed)

    def test_incomplete_value_is_refused_at_the_field(self) -> None:
        with pytest.raises(Refused) as caught:
            self.perform({"person": PERSON}, "k")
        assert caught.value.field == "matter"
