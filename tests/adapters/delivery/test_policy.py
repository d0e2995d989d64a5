"""What a connection declares about its delivery is read, and what it declares wrongly is named."""

from typing import Any

import pytest

from adapters import registry
from adapters.connection_spec import FOLDER, read_toml
from adapters.delivery.policy import Policy, Rate, Repeat, parse
from adapters.errors import Misconfigured


def policy(**delivery: Any) -> Policy:
    return parse("vdr", {"delivery": delivery})


def test_what_is_not_declared_goes_to_a_person() -> None:
    assert parse("vdr", {}).repeating("change") == (Repeat.PERSON, "")


def test_an_operation_may_differ_from_its_connection() -> None:
    found = policy(repeat="ask", ask="find", operations={"a": "read", "b": {"repeat": "key"}, "c": "person"})
    assert found.repeating("change") == (Repeat.ASK, "find")
    assert [found.repeating(name)[0] for name in "abc"] == ["read", "key", "person"]
    assert found.repeating("change.check") == (Repeat.READ, "")


def test_every_number_is_taken() -> None:
    found = policy(
        concurrency=2,
        rate={"per_second": 5, "burst": 3},
        retry={"first": 0.5, "tries": 4},
        circuit={"failures": 2},
        failures={"temporary": [409, "E7"], "permanent": ["501"]},
    )
    assert (found.concurrency, found.rate, found.retry.first) == (2, Rate(5.0, 3), 0.5)
    assert (found.retry.tries, found.circuit.failures) == (4, 2)
    assert found.failures.temporary == {"409", "E7"}


@pytest.mark.parametrize(
    ("delivery", "words"),
    [
        ({"repeat": "twice"}, "delivery.repeat is 'twice'; say one of read, key, ask, person"),
        ({"repeat": "ask"}, "needs ask, the operation that asks"),
        ({"retries": 3}, "delivery has no setting 'retries'"),
        ({"concurrency": 0}, "delivery.concurrency is 0; say a whole number from 1 to 200"),
        ({"concurrency": True}, "say a whole number"),
        ({"retry": {"jitter": 2}}, "delivery.retry.jitter is 2; say a number from 0 to 1"),
        ({"retry": {"pause": 2}}, "delivery.retry has no setting 'pause'"),
        ({"rate": {"burst": 2}}, "delivery.rate needs per_second"),
        ({"retry": 5}, "it is a table, [retry]"),
        ({"order": 5}, "it is a text"),
        ({"operations": {"x": {"repeat": "never"}}}, "delivery.operations.x.repeat is 'never'"),
        ({"failures": {"temporary": "409"}}, "is a list of statuses or codes"),
        ({"failures": {"temporary": ["9"], "permanent": ["9"]}}, "9 cannot be both"),
    ],
)
def test_what_is_wrong_is_named(delivery: dict[str, Any], words: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        policy(**delivery)
    assert words in str(caught.value)


def test_timeouts_are_checked_too() -> None:
    with pytest.raises(Misconfigured, match=r"timeouts\.read is 'long'"):
        parse("vdr", {"timeouts": {"read": "long"}})


@pytest.mark.parametrize("key", registry.keys())
def test_every_connection_says_how_it_may_be_repeated(key: str) -> None:
    settings = read_toml(key, FOLDER / key / "connection.toml")
    assert "repeat" in settings["delivery"], key
    found = parse(key, settings)
    mapping = (
        read_toml(key, FOLDER / key / "mapping.toml") if (FOLDER / key / "mapping.toml").exists() else {}
    )
    asked = {name for name in [found.ask, *(ask for _, ask in found.operations.values())] if name}
    assert asked | set(found.operations) <= set(mapping.get("operations", {})), key


@pytest.mark.django_db
def test_a_wrong_word_stops_the_loading(tmp_path: Any) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "connection.toml").write_text(
        'name = "Odd"\nkind = "workbench"\n[delivery]\nrepeat = "maybe"\n'
    )
    with pytest.raises(Misconfigured, match="maybe"):
        registry.load_all(folder=tmp_path)
