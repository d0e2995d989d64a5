"""An agency by e-mail from its connection's folder: it takes, answers, refuses, is late, and garbles."""

import argparse
import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from joserfc.jwk import ECKey, RSAKey

from adapters import exchange, registry
from adapters.connection_spec import FOLDER
from adapters.errors import NotUnderstood, OutcomeUnknown, Unavailable
from adapters.models import Connection
from adapters.ports import Accepted, Context, Pending, Rejected, Result
from adapters.simulator import assertions, cli
from adapters.simulator.mail import MailAgency
from adapters.simulator.settings import CLIENT_NAME
from adapters.simulator.simulated import NotSimulated
from identity.models import Application
from tests.adapters.connections import CHANGE
from tests.sandbox.waiting import eventually

pytestmark = pytest.mark.django_db
MOVE: dict[str, Any] = {**CHANGE, "direction": "in", "movers": []}
Start = Callable[..., MailAgency]


@pytest.fixture
def start() -> Iterator[Start]:
    running: list[MailAgency] = []

    def begin(*arguments: str) -> MailAgency:
        options = cli._parser().parse_args([str(FOLDER / "vestvik"), "--later-seconds", "0.1", *arguments])
        agency = cli.build(options)
        assert isinstance(agency, MailAgency)
        agency.start()
        running.append(agency)
        account = {"username": CLIENT_NAME, "password": agency.settings.secret, "ca": agency.authority}
        mailbox = {"mailbox_username": CLIENT_NAME, "mailbox_password": agency.settings.secret}
        known = {**account, **mailbox, "mailbox_url": agency.mailbox_url}
        registry.load_all({"vestvik": agency.url}, {"vestvik": known}, only=["vestvik"])
        return agency

    yield begin
    for agency in running:
        agency.stop()


def tell(value: dict[str, Any] = MOVE) -> Result:
    return exchange.perform("vestvik", "open_case", value, Context("c", uuid.uuid4().hex, "MOV-1"))


def concluded(told: Result) -> Result:
    assert isinstance(told, Pending)

    def asked() -> Result | None:
        found = exchange.check("vestvik", "open_case", told.reference, Context("c", uuid.uuid4().hex))
        return None if isinstance(found, Pending) else found

    return eventually(asked)


def test_a_mail_is_answered_in_the_words_of_the_mapping(start: Start) -> None:
    agency = start()
    result = concluded(tell())
    assert isinstance(result, Accepted)
    assert result.reference.startswith("VES-")
    assert len(agency.store.latest("effects", 9)) == 1


@pytest.mark.parametrize("arguments", [["--later", "rejected"], []])
def test_it_says_no(start: Start, arguments: list[str]) -> None:
    agency = start(*arguments)
    if not arguments:
        agency.switch(reject=True)
    result = concluded(tell())
    assert isinstance(result, Rejected)
    assert result.code == "refused"


def test_it_never_answers(start: Start) -> None:
    start("--later", "never")
    told = tell()
    assert isinstance(told, Pending)
    found = exchange.check("vestvik", "open_case", told.reference, Context("c", "k"))
    assert isinstance(found, Pending)


def test_an_answer_that_nobody_understands(start: Start) -> None:
    agency = start()
    agency.switch(malformed=True)
    with pytest.raises(NotUnderstood):
        concluded(tell())


def test_an_outage_and_a_server_out_of_order(start: Start) -> None:
    agency = start()
    agency.switch(http_500=True)
    with pytest.raises(Unavailable, match="451"):
        tell()
    agency.switch(http_500=False, down=True)
    with pytest.raises(Unavailable, match="no connection"):
        tell()
    agency.switch(down=False, no_reply=True)
    with pytest.raises(Unavailable, match="no answer"):
        tell()


def test_a_share_of_mails_fails(start: Start) -> None:
    start("--fail", "100", "--seed", "1")
    outcomes = set()
    for _ in range(12):
        try:
            outcomes.add(type(tell()).__name__)
        except (Unavailable, OutcomeUnknown) as error:
            outcomes.add(type(error).__name__)
    assert len(outcomes) > 1


def test_a_script_pins_the_words(start: Start, tmp_path: Path) -> None:
    script = tmp_path / "answers.toml"
    rule = 'when = { direction = "in" }\nreply = { text = "Case opened as VES-1999-7" }'
    script.write_text(f"[[answer]]\n{rule}\n")
    start("--script", str(script))
    result = concluded(tell())
    assert isinstance(result, Accepted)
    assert result.reference == "VES-1999-7"


def test_a_mail_that_lacks_something_is_refused_at_the_door(start: Start) -> None:
    start()
    row = Connection.objects.get(key="vestvik")
    adapter: Any = registry.adapter("vestvik")
    adapter.required["open_case"] = []  # a portal that has forgotten what the agency wants
    result = exchange.perform("vestvik", "open_case", {"person": {}}, Context("c", "k", "MOV-1"))
    assert isinstance(result, Rejected)
    assert result.code == "smtp-554"
    assert "person.identifier.notation" in result.reason
    registry.load_all({"vestvik": row.base_url}, only=["vestvik"])


def test_what_cannot_be_answered_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "silent"
    folder.mkdir()
    (folder / "connection.toml").write_text((FOLDER / "vestvik" / "connection.toml").read_text())
    (folder / "mapping.toml").write_text('[operations.open_case]\nsubject = "x"\n')
    assert cli.main([str(folder)]) == 2


# --- what it proves itself with ---


def proof(*arguments: str, source: Path = FOLDER / "npr") -> dict[str, str]:
    options: argparse.Namespace = cli._parser().parse_args([str(source), *arguments])
    return cli.proof_at_portal(options)


def test_the_secret_is_by_connection_by_file_or_a_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert proof(source=FOLDER / "brg")["callback_secret"] == ""
    monkeypatch.setenv("ONESTOP_BRG_CLIENT_SECRET", "of brg")
    assert proof(source=FOLDER / "brg")["callback_secret"] == "of brg"
    secret = tmp_path / "secret"
    secret.write_text("of the file\n")
    given = proof("--client-secret-file", str(secret), "--client-id", "npr-test")
    assert (given["callback_secret"], given["callback_client"]) == ("of the file", "npr-test")
    with pytest.raises(NotSimulated, match="cannot be read"):
        proof("--client-key", str(tmp_path / "none.pem"))
    secret.write_text(json.dumps({"kty": "oct", "k": "AAAA"}))
    with pytest.raises(NotSimulated, match="no EC or RSA key"):
        proof("--client-key", str(secret))


@pytest.mark.parametrize("form", ["pem", "jwk", "rsa"])
def test_the_portal_believes_the_key(client: Client, tmp_path: Path, form: str) -> None:
    key: Any = (
        RSAKey.generate_key(2048, auto_kid=True)
        if form == "rsa"
        else ECKey.generate_key("P-256", auto_kid=True)
    )
    Application.objects.create(
        client_id="brg",
        agency="brg",
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        allowed_scopes="case.status",
        token_endpoint_auth_method="private_key_jwt",
        client_jwks=json.dumps({"keys": [key.as_dict(private=False)]}),
    )
    path = tmp_path / "key"
    path.write_bytes(
        key.as_pem(private=True) if form != "jwk" else json.dumps(key.as_dict(private=True)).encode()
    )
    text = proof("--client-key", str(path), source=FOLDER / "brg")["callback_key"]
    fields = assertions.proof(text, "brg", "http://127.0.0.1:8000/oauth/token")
    asked = {"grant_type": "client_credentials", "scope": "case.status", **fields}
    response = client.post("/oauth/token", asked)
    assert response.status_code == 200, response.content
