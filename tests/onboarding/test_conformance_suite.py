"""The suite itself: it believes no one who does not prove who they are, and finds adapters that misbehave."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters import registry
from adapters.conformance import checks
from adapters.conformance.simulated import simulated
from adapters.conformance.verdicts import NO, NONE, YES
from adapters.connection_spec import FOLDER, ConnectionSpec, from_folder
from adapters.onboarding import new, verify
from adapters.ports import Accepted, Reply, Request, Wire

ROOT = Path(__file__).parents[2]
SIGNED = {
    "sign": ["body", "timestamp"],
    "username_token": "digest",
    "answers": {"signed": ["body", "timestamp"], "confirms": True},
}
PROOFS: list[dict[str, Any]] = [
    {"security": SIGNED},
    {"authentication": "basic"},
    {"authentication": {"method": "bearer"}},
    {"authentication": {"method": "api-key", "header": "X-Key"}},
    {"authentication": {"method": "hmac"}},
    {"authentication": {"method": "http-signature"}},
    {"authentication": {"method": "http-signature", "algorithm": "ecdsa-p256-sha256"}},
    {"authentication": {"method": "http-signature", "algorithm": "rsa-pss-sha512"}},
    {"authentication": {"method": "oauth2", "client": "private_key_jwt", "token_path": "/token"}},
]


@pytest.fixture
def household(tmp_path: Path) -> ConnectionSpec:
    """A connection made of the population register's WSDL, nothing edited."""
    made = new.make("people", FOLDER / "npr" / "npr.wsdl", ["GetHousehold"], tmp_path)
    return from_folder(made.folder)


@pytest.mark.parametrize("settings", PROOFS, ids=lambda one: str(next(iter(one.values())))[:50])
def test_every_proof_is_demanded_and_believed(household: ConnectionSpec, settings: dict[str, Any]) -> None:
    spec = replace(household, settings={**household.settings, **settings})
    found = {one.check: one for one in verify.simulated(spec)}
    assert [one for one in found.values() if one.verdict == NO] == []
    assert found["proved to the agency"].verdict == YES
    assert found["unsigned answer"].verdict == (YES if "security" in settings else NONE)


@pytest.mark.parametrize("settings", PROOFS, ids=lambda one: str(next(iter(one.values())))[:50])
def test_a_proof_that_is_left_out_is_noticed(household: ConnectionSpec, settings: dict[str, Any]) -> None:
    spec = replace(household, settings={**household.settings, **settings})
    with simulated(spec) as one:
        unproved = replace(
            one,
            adapter=registry.build(
                replace(
                    household,
                    base_url=one.spec.base_url,
                    settings={**household.settings, "allow_private": True},
                )
            ),
        )
        assert checks.run("proved to the agency", unproved).verdict == NO


class Blind:
    """An adapter that believes everything it is told, and tells nobody what it was told."""

    def send(self, request: Request) -> Reply:
        return Reply(Accepted({}), Wire())

    check = send


def test_an_adapter_that_sees_nothing_is_found_out(household: ConnectionSpec) -> None:
    with simulated(household) as one:
        blind: Any = replace(one, adapter=Blind())
        found = {seen.check for seen in checks.run_all(blind) if seen.verdict == NO}
    assert found >= {
        *("rejected is a result", "contract violation found before sending", "outcome unknown", "silent"),
        *("closed door", "out of order", "malformed answer", "wrong encoding", "answer of the wrong shape"),
    }


@pytest.mark.parametrize(
    ("repeat", "then"), [("read", "only reads"), ("key", "same key"), ("person", "a person")]
)
def test_the_report_says_what_follows_an_unknown_outcome(
    household: ConnectionSpec, repeat: str, then: str
) -> None:
    settings = {**household.settings, "delivery": {"operations": {"get_household": repeat}}}
    found = {one.check: one for one in verify.simulated(replace(household, settings=settings))}
    assert then in found["outcome unknown"].evidence
    assert f"repeat = '{repeat}'" in found["repeated under the same key"].evidence


KIND = '''
"""A kind of another package: a line of text each way, over the portal's own door."""

from adapters.egress import Door
from adapters.errors import NotUnderstood, Refused
from adapters.http_results import insist_on_answer
from adapters.ports import Accepted, Rejected, Reply


class Lines:
    def __init__(self, spec):
        self.key, self.door = spec.key, Door.of(spec)

    def send(self, request):
        name = request.value.get("name", "")
        if not name.isalpha():
            raise Refused(self.key, "letters only", field="name")
        sent = f"GREET {request.context.idempotency_key} {name}\\\\n".encode()
        reply = self.door.send("POST", "/", body=sent, headers={}, timeout=request.timeout)
        if reply.status == 422:
            return Reply(Rejected("unknown", reply.body.decode()), reply.wire)
        insist_on_answer(self.key, reply) if reply.status != 200 else None
        word, _, rest = reply.body.partition(b" ")
        if word != b"HELLO" or not rest.endswith(b"\\\\n"):
            raise NotUnderstood(self.key, "no greeting", line=1, wire=reply.wire)
        return Reply(Accepted({"greeting": rest.decode().strip()}), reply.wire)

    check = send


def build(spec):
    return Lines(spec)
'''
AGENCY = '''
"""The package's own test: the suite that the portal ships, against an agency of its own."""

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from adapters.conformance.bench import Bench  # before the rest: it sets the portal up
from adapters import registry
from adapters.conformance.contract import AdapterContract
from adapters.connection_spec import from_folder
from adapters.simulator.agency import HttpAgency
from adapters.simulator.server import Response
from adapters.simulator.settings import Settings


class Greeter(HttpAgency):
    key, name, protocol = "greeter", "Greeter", "lines"
    switchable = HttpAgency.switchable - {"wrong_encoding", "wrong_contract"}

    def answer(self, request, switches):
        self.store.receive("greet", request.body.split()[1].decode(), request.body)
        if switches.reject or b"nobody" in request.body:
            return Response(422, b"nobody of this name", "text/plain")
        return Response(200, b"HELLO " + request.body.split()[2] + b"\\\\n", "text/plain")


class TestLines(AdapterContract):
    @contextmanager
    def bench(self):
        agency = Greeter(Settings())
        agency.start()
        spec = replace(from_folder(Path(__file__).parent / "lines"), base_url=agency.url)
        try:
            yield Bench(
                spec,
                registry.build(spec),
                agency,
                {"greet": {"name": "Maria"}},
                denied={"greet": {"name": "nobody"}},
                forbidden={"greet": ({"name": "7"}, "name")},
            )
        finally:
            agency.stop()
'''
CONNECTION = (
    'name = "Lines"\nkind = "telegraph.lines:build"\nbase_url = "http://127.0.0.1:1"\nallow_private = true\n'
)


@pytest.fixture
def telegraph(tmp_path: Path) -> Path:
    """A third party's package: a kind, a connection and a test, in a folder of its own."""
    (tmp_path / "telegraph").mkdir()
    (tmp_path / "lines").mkdir()
    (tmp_path / "telegraph" / "__init__.py").write_text("")
    (tmp_path / "telegraph" / "lines.py").write_text(KIND.replace("\\\\", "\\"))
    (tmp_path / "lines" / "connection.toml").write_text(CONNECTION)
    (tmp_path / "test_lines.py").write_text(AGENCY.replace("\\\\", "\\"))
    return tmp_path


def run(telegraph: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=telegraph,
        env={"PYTHONPATH": f"{telegraph}:{ROOT}", "PATH": "/usr/bin:/bin", "ONESTOP_DEBUG": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_kind_of_another_package_runs_the_shipped_suite(telegraph: Path) -> None:
    """With a plain test runner: nothing of the portal's own tests is needed."""
    done = run(telegraph, "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django", "test_lines.py")
    assert f"{len(checks.CHECKS)} passed" in done.stdout, done.stdout + done.stderr


def test_a_fault_in_a_kind_of_another_package_is_found(telegraph: Path) -> None:
    path = telegraph / "telegraph" / "lines.py"
    path.write_text(path.read_text().replace("raise NotUnderstood", "return None  # "))
    done = run(telegraph, "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django", "test_lines.py")
    assert "1 failed" in done.stdout
    assert "malformed" in done.stdout
