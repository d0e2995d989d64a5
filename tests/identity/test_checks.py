"""What `onestop check --deploy` says of identity."""

from typing import Any

import pytest

from identity import checks


def test_secrets_of_the_source_are_refused() -> None:
    found = checks.development_secrets(None)
    assert {message.id for message in found} == {"identity.E001"}
    assert any("ONESTOP_EID_CLIENT_SECRET" in message.msg for message in found)


def test_own_secrets_pass(settings: Any) -> None:
    settings.SECRET_KEY = settings.ONESTOP_INDEX_KEY = settings.EID_CLIENT_SECRET = "k" * 50
    settings.RECORD_SECRET = "r" * 50
    settings.ONESTOP_SEALING_KEYS = ["new" * 11, "old" * 11]
    assert checks.development_secrets(None) == []
    settings.ONESTOP_SEALING_KEYS = ["new" * 11, "insecure-development-sealing-key"]
    assert len(checks.development_secrets(None)) == 1
    settings.ONESTOP_SEALING_KEYS = ["short"]
    assert len(checks.development_secrets(None)) == 1
    settings.ONESTOP_SEALING_KEYS = []
    assert len(checks.development_secrets(None)) == 1


@pytest.mark.parametrize(("portal", "demo", "said"), [(True, False, 0), (False, True, 0), (False, False, 1)])
def test_test_e_id_is_named_as_one(settings: Any, portal: bool, demo: bool, said: int) -> None:
    settings.IS_PORTAL, settings.DEMO, settings.EID_TEST_PEOPLE = portal, demo, True
    assert len(checks.unproven_e_id(None)) == said
    settings.EID_TEST_PEOPLE = False
    assert checks.unproven_e_id(None) == []
