"""``[security]`` of a connection.toml: how our messages are secured, and what the answers must carry.

::

    [security]
    sign = ["body", "timestamp", "addressing", "headers"]   # credentials: signing_key, signing_certificate
    algorithm = "rsa-sha256"
    username_token = "digest"                                # credentials: username, password
    seconds = 300                                            # how long a message of ours is valid

    [security.answers]                              # credentials: agency_certificate or agency_authority
    signed = ["body", "timestamp"]
    max_age = 300                                            # seconds
    confirms = true
    subject = "CN=NPR,O=Aurelia"                             # with agency_authority
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured
from adapters.wss.certificates import Trust
from adapters.wss.sealing import PARTS, Account, Sealing
from adapters.wss.signing import Signer
from adapters.wss.verifying import Expected

_KNOWN = {"sign", "algorithm", "username_token", "seconds", "actor", "answers"}
_ANSWERS = {"signed", "max_age", "confirms", "subject"}
_CHECKED = {"body", "timestamp", "addressing"}


@dataclass(frozen=True, slots=True)
class Policy:
    """Both directions of a connection; either may be None."""

    sealing: Sealing | None = None
    expected: Expected | None = None

    @classmethod
    def of(cls, spec: ConnectionSpec) -> "Policy":
        """The policy of a connection; raises Misconfigured."""
        table = spec.option("security", {})
        answers = table.get("answers", {})
        _insist(spec, set(table) - _KNOWN, set(table.get("sign", ())) - PARTS)
        _insist(spec, set(answers) - _ANSWERS, set(answers.get("signed", ())) - _CHECKED)
        try:
            return cls(_sealing(spec, table), _expected(spec, answers))
        except (ValueError, TypeError) as error:
            raise Misconfigured(spec.key, f"[security]: {error}") from error


def _insist(spec: ConnectionSpec, settings: set[str], parts: set[str]) -> None:
    for unknown, what in ((settings, "setting"), (parts, "part of a message")):
        if unknown:
            raise Misconfigured(spec.key, f"[security]: {', '.join(sorted(unknown))} is no {what}")


def _sealing(spec: ConnectionSpec, table: dict[str, Any]) -> Sealing | None:
    parts, kind = frozenset(table.get("sign", ())), table.get("username_token", "none")
    if kind not in {"none", "digest", "text"}:
        raise ValueError(f"username_token is none, digest or text, not {kind!r}")
    if not parts and kind == "none":
        return None
    account = None
    if kind != "none":
        account = Account(spec.credential("username"), spec.credential("password"), kind)
    return Sealing(
        _signer(spec, table) if parts else None,
        parts,
        account,
        float(table.get("seconds", 300)),
        str(table.get("actor", "")),
    )


def _signer(spec: ConnectionSpec, table: dict[str, Any]) -> Signer:
    return Signer.read(
        spec.credential("signing_key"),
        spec.credential("signing_certificate"),
        table.get("algorithm", ""),
        spec.credentials.get("signing_key_password", ""),
    )


def _expected(spec: ConnectionSpec, answers: dict[str, Any]) -> Expected | None:
    if not answers:
        return None
    trust = Trust.read(
        spec.credentials.get("agency_certificate", ""),
        spec.credentials.get("agency_authority", ""),
        str(answers.get("subject", "")),
    )
    return Expected(
        trust,
        frozenset(answers.get("signed", ("body", "timestamp"))),
        timedelta(seconds=float(answers.get("max_age", 300))),
        bool(answers.get("confirms", False)),
    )
