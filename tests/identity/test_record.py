"""The record: sealed in batches, every tampering found, unreadable once its person's key is destroyed."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from identity.models import RecordBatch, RecordEntry, RecordPerson
from identity.models.record import AppendOnly
from identity.record import anchors, batches, cli, entries, hashing, persons, verifying
from identity.record.entries import Deed, Kind
from onestop.lib.resealing import reseal
from onestop.lib.sealing import SealBroken

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
MARIA, OLE = "m" * 43, "o" * 43


@pytest.fixture(autouse=True)
def anchor_file(settings: Any, tmp_path: Path) -> Path:
    settings.RECORD_ANCHOR_FILE = str(tmp_path / "anchors.jsonl")
    return tmp_path / "anchors.jsonl"


def add(count: int = 1, index: str = MARIA) -> None:
    for number in range(count):
        entries.add(Kind.READ, [index], Deed("staff:1", what=f"thing {number}"), NOW)


@pytest.fixture
def sealed() -> None:
    """Two batches of three and four entries."""
    add(3)
    batches.seal(NOW)
    add(4, OLE)
    batches.seal(NOW)


def complaints() -> list[str]:
    return verifying.verify(NOW).complaints


def test_what_is_added_is_read_again_and_lies_encrypted() -> None:
    deed = Deed("staff:1", role="caseworker", organisation="npr", what="task", purpose="Moving", case="FL-1")
    entries.add(Kind.READ, [MARIA, MARIA, "", OLE], deed, NOW)
    rows = list(RecordEntry.objects.select_related("person"))
    assert [entries.read(row) for row in rows] == [deed, deed]
    assert {row.person.index for row in rows} == {MARIA, OLE}
    assert not any(b"Moving" in bytes(row.sealed) for row in rows)


def test_each_person_has_one_key_of_their_own() -> None:
    add(2)
    add(1, OLE)
    assert RecordPerson.objects.count() == 2
    one, other = RecordEntry.objects.about(MARIA).first(), RecordEntry.objects.about(OLE).first()
    assert one is not None
    assert other is not None
    with pytest.raises(SealBroken):
        persons.open_(other.person, bytes(one.sealed), f"record:{one.public_id}:read")


def test_entries_are_neither_changed_nor_deleted() -> None:
    add()
    row = RecordEntry.objects.get()
    for forbidden in (row.save, row.delete, RecordEntry.objects.all().delete):
        with pytest.raises(AppendOnly):
            forbidden()


@pytest.mark.usefixtures("sealed")
def test_an_untouched_record_is_whole() -> None:
    found = verifying.verify(NOW)
    assert (found.batches, found.entries, found.anchored, found.waiting) == (2, 7, 2, 0)
    assert found.complaints == []


def test_a_merkle_root_is_that_of_rfc_6962() -> None:
    from hashlib import sha256

    def node(left: bytes, right: bytes) -> bytes:
        return sha256(b"\x01" + left + right).digest()

    a, b, c, d, e = (sha256(bytes([number])).digest() for number in range(5))
    assert hashing.root([a]) == a.hex()
    assert hashing.root([a, b, c]) == node(node(a, b), c).hex()
    assert hashing.root([a, b, c, d, e]) == node(node(node(a, b), node(c, d)), e).hex()


def rows(batch: int) -> Any:
    return RecordEntry.objects.filter(batch__number=batch).order_by("place")


def change() -> None:
    rows(1)[:1].get()
    RecordEntry.objects.filter(pk=rows(1)[0].pk).update(at=NOW + timedelta(seconds=1))


def change_content() -> None:
    row = rows(1)[1]
    RecordEntry.objects.filter(pk=row.pk).update(sealed=bytes(row.sealed)[:-1] + b"\x00")


def give_to_somebody_else() -> None:
    other = RecordPerson.objects.get(index=OLE)
    RecordEntry.objects.filter(pk=rows(1)[0].pk).update(person=other)


def remove() -> None:
    RecordEntry.objects.filter(pk=rows(1)[2].pk)._raw_delete("default")


def swap() -> None:
    first, second = rows(2)[0].pk, rows(2)[1].pk
    RecordEntry.objects.filter(pk=first).update(place=99)
    RecordEntry.objects.filter(pk=second).update(place=0)
    RecordEntry.objects.filter(pk=first).update(place=1)


def cut_off_the_end() -> None:
    RecordEntry.objects.filter(batch__number=2)._raw_delete("default")
    RecordBatch.objects.filter(number=2).delete()


def cut_off_the_beginning() -> None:
    RecordEntry.objects.filter(batch__number=1)._raw_delete("default")
    RecordBatch.objects.filter(number=1).delete()


def seal_anew() -> None:
    """Change an entry and make the batch fit it, as somebody could who has the database but not the key."""
    change()
    batch = RecordBatch.objects.get(number=1)
    batch.root = hashing.root([hashing.leaf(one, str(one.person.public_id)) for one in rows(1)])
    batch.digest = hashing.digest(batch)
    batch.save()


TAMPERINGS = [
    (change, "batch 1: has an entry that was changed"),
    (change_content, "batch 1: has an entry that was changed"),
    (give_to_somebody_else, "batch 1: has an entry that was changed"),
    (remove, "batch 1: holds 2 entries, 3 were sealed"),
    (swap, "batch 2: has an entry that was changed, swapped"),
    (cut_off_the_end, "the end was cut off"),
    (cut_off_the_beginning, "batch 2: stands where batch 1 should"),
    (seal_anew, "batch 1: is not signed"),
    (seal_anew, "batch 2: does not follow"),
    (seal_anew, "batch 1: is not the one in the anchor file"),
]


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize(("tamper", "said"), TAMPERINGS, ids=lambda one: getattr(one, "__name__", None))
def test_a142_tampering_is_found(tamper: Any, said: str) -> None:
    tamper()
    assert any(said in complaint for complaint in complaints()), complaints()


@pytest.mark.usefixtures("sealed")
def test_a142_a_forged_anchor_is_found(anchor_file: Path) -> None:
    lines = anchor_file.read_text().splitlines()
    told = json.loads(lines[0]) | {"digest": "0" * 64}
    anchor_file.write_text("\n".join([json.dumps(told), lines[1]]) + "\n")
    assert "anchor file: batch 1 is not signed by the key of this record" in complaints()
    anchor_file.write_text("nonsense\n")
    assert "anchor file: line 1 is no anchor" in complaints()


def test_nobody_sealing_is_found() -> None:
    add()
    assert verifying.verify(NOW + timedelta(minutes=9)).complaints == []
    assert "1 entries wait to be sealed" in verifying.verify(NOW + timedelta(minutes=11)).complaints[0]


def test_many_entries_become_several_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST", 3)
    add(7)
    assert batches.seal(NOW) == 7
    assert [batch.count for batch in RecordBatch.objects.all()] == [3, 3, 1]
    assert complaints() == []


def test_batches_missing_from_the_anchor_file_are_written_later(anchor_file: Path) -> None:
    add()
    batches.seal(NOW)
    anchor_file.unlink()
    add()
    batches.seal(NOW)
    assert sorted(anchors.read(anchor_file)) == [1, 2]


@pytest.mark.usefixtures("sealed")
def test_a143_a_destroyed_key_leaves_the_chain_whole() -> None:
    assert persons.destroy(MARIA, NOW) == 1
    row = RecordEntry.objects.select_related("person").order_by("pk").first()
    assert row is not None
    with pytest.raises(SealBroken):
        entries.read(row)
    assert not RecordEntry.objects.about(MARIA).exists()
    assert complaints() == []


def test_somebody_who_comes_back_after_erasure_has_a_new_key() -> None:
    add()
    persons.destroy(MARIA, NOW)
    add()
    assert RecordPerson.objects.count() == 2
    (row,) = RecordEntry.objects.about(MARIA).select_related("person")
    assert entries.read(row).what == "thing 0"


def test_keys_are_sealed_anew_when_the_sealing_key_changes(settings: Any) -> None:
    settings.ONESTOP_SEALING_KEYS = ["old"]
    add()
    settings.ONESTOP_SEALING_KEYS = ["new", "old"]
    assert reseal(RecordPerson, RecordPerson._meta.get_field("key_sealed")) == 1
    settings.ONESTOP_SEALING_KEYS = ["new"]
    assert entries.read(RecordEntry.objects.select_related("person").get()).what == "thing 0"


@pytest.mark.usefixtures("sealed")
def test_the_command_says_whether_it_is_whole(capsys: Any, tmp_path: Path, anchor_file: Path) -> None:
    assert cli.main(["verify"]) == 0
    said = "7 entries in 2 batches, 2 of them anchored, 0 entries wait to be sealed: whole"
    assert said in capsys.readouterr().out
    copy = tmp_path / "copy.jsonl"
    copy.write_text(anchor_file.read_text())
    cut_off_the_end()
    assert cli.main(["verify", "--anchors", str(copy)]) == 1
    assert "cut off" in capsys.readouterr().out
    assert cli.main(["verify", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["complaints"]
    assert cli.main(["verify", "--anchors", str(tmp_path / "none")]) == 2
