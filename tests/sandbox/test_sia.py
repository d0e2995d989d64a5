"""The social insurance agency: files put and fetched by a real SFTP client."""

import hashlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko
import pytest

from adapters.sandbox import Sandbox, known_host, run
from adapters.sandbox.records import read, record_of, write
from tests.sandbox.people import INGRID, JONAS, MARIA
from tests.sandbox.waiting import eventually


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32].upper()


def batch(digest: str, numbers: list[str], **trailer: str) -> bytes:
    """A batch file in good order, but for what ``trailer`` overrides."""
    stamp = {"writtenDate": "20261123", "writtenTime": "134500"}
    lines = [write(record_of("H0"), {"batchDigest": digest, **stamp})]
    for number, insured in enumerate(numbers, start=1):
        values = {
            **{"recordNo": str(number), "insuredNo": insured, "surname": "Ek", "firstNames": "Åsa"},
            **{"changeDate": "20261201", "streetLine": "Orchard Road 8", "zip": "52314"},
            **{"postTown": "Vestvik", "officeCode": "02", "dwellingKey": "AU-20020001"},
        }
        lines.append(write(record_of("A1"), values))
    totals = {"recordCount": str(len(numbers)), "zipTotal": str(52314 * len(numbers))}
    lines.append(write(record_of("T9"), {**totals, **trailer}))
    return "".join(f"{line}\r\n" for line in lines).encode("iso-8859-1")


@contextmanager
def session(sandbox: Sandbox, password: str | None = None) -> Iterator[paramiko.SFTPClient]:
    port = int(sandbox.url("sia").rpartition(":")[2])
    transport = paramiko.Transport(("127.0.0.1", port))
    try:
        transport.connect(username="onestop", password=password or sandbox.secret)
        kind, _, key = sandbox.host_key().partition(" ")
        assert (
            transport.get_remote_server_key().get_name(),
            transport.get_remote_server_key().get_base64(),
        ) == (
            kind,
            key,
        )
        client = paramiko.SFTPClient.from_transport(transport)
        assert client is not None
        yield client
    finally:
        transport.close()


def put(client: paramiko.SFTPClient, digest: str, content: bytes) -> None:
    name = f"/in/ONESTOP_A1_{digest}.DAT"
    with client.open(f"{name}.PART", "wb") as file:
        file.write(content)
    client.rename(f"{name}.PART", name)


def acknowledgement(client: paramiko.SFTPClient, digest: str) -> bytes:
    name = f"ONESTOP_A1_{digest}.ACK"
    eventually(lambda: name in client.listdir("/out"))
    with client.open(f"/out/{name}", "rb") as file:
        return file.read()


def records(content: bytes) -> list[dict[str, str]]:
    lines = content.decode("iso-8859-1").split("\r\n")
    assert lines.pop() == ""
    return [read(record_of(line[:2], acknowledgement=True), line) for line in lines]


def send(sandbox: Sandbox, digest: str, content: bytes) -> list[dict[str, str]]:
    with session(sandbox) as client:
        put(client, digest, content)
        return records(acknowledgement(client, digest))


def test_each_record_is_acknowledged(sandbox: Sandbox, key: str) -> None:
    digest = digest_of(key)
    answer = send(sandbox, digest, batch(digest, [MARIA, INGRID, "20990101T0000", "not a number"]))
    assert [record["recordCode"] for record in answer] == ["K0", "K1", "R1", "R1", "R1", "T9"]
    assert answer[1]["journalNo"].startswith("J")
    assert [record["reasonCode"] for record in answer[2:5]] == ["17", "11", "12"]
    assert answer[2]["reasonText"] == "employer record open"
    assert answer[4]["fieldName"] == "insuredNo"
    assert (answer[5]["acceptedCount"], answer[5]["rejectedCount"]) == ("000001", "000003")
    assert sandbox.ledger("sia")["effects"] == 1


def test_a_file_sent_again_has_one_effect(sandbox: Sandbox, key: str) -> None:
    digest = digest_of(key)
    first = send(sandbox, digest, batch(digest, [JONAS]))
    with session(sandbox) as client:
        put(client, digest, batch(digest, [JONAS]))
        eventually(lambda: client.listdir("/in") == [])
        assert records(acknowledgement(client, digest)) == first
    assert sandbox.ledger("sia")["by_key"][f"{digest}/1"] == {"received": 2, "effects": 1}


def test_a_file_that_is_not_complete_is_left_alone(sandbox: Sandbox, key: str) -> None:
    digest = digest_of(key)
    with session(sandbox) as client:
        with client.open(f"/in/ONESTOP_A1_{digest}.DAT.PART", "wb") as file:
            file.write(b"H0")
        other = digest_of(f"{key}-other")
        put(client, other, batch(other, [JONAS]))
        acknowledgement(client, other)
        assert client.listdir("/in") == [f"ONESTOP_A1_{digest}.DAT.PART"]


def _spoil(how: str, content: bytes) -> bytes:
    changes = {
        "utf-8": content.decode("iso-8859-1").encode("utf-8"),
        "control": content.replace(b"Orchard", b"Orch\x00rd"),
        "cut": content[:300],
        "no-trailer": content[:-242],
        "short": content.replace(b"Orchard", b"Orchar"),
        "line-ends": content.replace(b"\r\n", b"\n"),
        "empty": b"",
    }
    return changes[how]


@pytest.mark.parametrize(
    ("how", "code"),
    [
        *(("utf-8", "91"), ("control", "91"), ("cut", "94"), ("no-trailer", "94")),
        *(("short", "92"), ("line-ends", "91"), ("empty", "94")),
    ],
)
def test_a_file_out_of_order_is_refused_whole(sandbox: Sandbox, key: str, how: str, code: str) -> None:
    digest = digest_of(key)
    answer = send(sandbox, digest, _spoil(how, batch(digest, [JONAS])))
    assert [record["recordCode"] for record in answer] == ["K0", "F1", "T9"]
    assert answer[1]["reasonCode"] == code
    assert sandbox.ledger("sia")["effects"] == 0


@pytest.mark.parametrize("wrong", [{"recordCount": "7"}, {"zipTotal": "1"}])
def test_wrong_totals_refuse_the_file(sandbox: Sandbox, key: str, wrong: dict[str, str]) -> None:
    digest = digest_of(key)
    answer = send(sandbox, digest, batch(digest, [JONAS], **wrong))
    assert answer[1]["reasonCode"] == "93"
    assert sandbox.ledger("sia")["effects"] == 0


@pytest.mark.parametrize("switch", ["partial_file", "wrong_encoding", "malformed", "wrong_contract"])
def test_a_spoilt_acknowledgement_is_mended_later(sandbox: Sandbox, key: str, switch: str) -> None:
    digest = digest_of(key)
    sandbox.switch("sia", **{switch: True})
    with session(sandbox) as client:
        put(client, digest, batch(digest, [JONAS]))
        spoilt = acknowledgement(client, digest)
        sandbox.reset("sia")
        sound = eventually(lambda: (now := acknowledgement(client, digest)) != spoilt and now)
    assert [record["recordCode"] for record in records(sound)] == ["K0", "K1", "T9"]
    assert sandbox.ledger("sia")["effects"] == 1


def test_late_means_not_yet(sandbox: Sandbox, key: str) -> None:
    digest = digest_of(key)
    sandbox.switch("sia", late_seconds=600)
    with session(sandbox) as client:
        put(client, digest, batch(digest, [JONAS]))
        eventually(lambda: sandbox.ledger("sia")["effects"] == 1)
        assert client.listdir("/out") == []


def test_the_door_is_narrow(sandbox: Sandbox, key: str) -> None:
    with pytest.raises(paramiko.AuthenticationException), session(sandbox, "wrong"):
        pass
    with session(sandbox) as client:
        for path in ("/out/x", "/x", "/in/../x", "/../x"):
            with pytest.raises(OSError), client.open(path, "wb"):
                pass
        with pytest.raises(OSError):
            client.open("/../host_key", "rb")
        assert sorted(client.listdir("/")) == ["in", "out"]
        assert sorted(client.listdir("/in/../..")) == ["in", "out"]


def test_down_refuses_and_ends_sessions(sandbox: Sandbox, key: str) -> None:
    with session(sandbox) as client:
        client.listdir("/in")
        sandbox.switch("sia", down=True)
        with pytest.raises((OSError, EOFError, paramiko.SSHException)):
            client.listdir("/in")
    port = int(sandbox.url("sia").rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    sandbox.switch("sia", down=False)
    with session(sandbox) as client:
        assert client.listdir("/in") == []


def test_the_host_key_and_what_was_done_outlive_a_restart(key: str, tmp_path: Path) -> None:
    digest = digest_of(key)
    with run(["sia"], data_dir=tmp_path) as sandbox:
        host_key = sandbox.host_key()
        send(sandbox, digest, batch(digest, [JONAS]))
    with run(["sia"], data_dir=tmp_path) as sandbox:
        assert sandbox.host_key() == host_key == known_host(tmp_path)
        send(sandbox, digest, batch(digest, [JONAS]))
        eventually(lambda: sandbox.ledger("sia")["received"] == 2)
        assert sandbox.ledger("sia")["effects"] == 1
    assert (tmp_path / "sia" / "host_key").stat().st_mode & 0o077 == 0
