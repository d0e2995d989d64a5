"""What proves who we are is left out of a replay; but what an agency answers later must be signed.

Such a connection believes only what is signed, so its agency is played with a key drawn for the run.
"""

from typing import Any

from adapters.connection_spec import ConnectionSpec
from adapters.simulator.identities import Identity, kept
from adapters.simulator.message_security import MessageSecurity, Seal

LEFT_OUT = ("security", "authentication", "addressing", "mtom", "tls")
CERTIFICATE = "agency_certificate"


def bare(settings: dict[str, Any], mapping: dict[str, Any]) -> dict[str, Any]:
    """The settings of a connection that a replay goes by."""
    kept_ones = {name: one for name, one in settings.items() if name not in LEFT_OUT}
    operations = mapping.get("operations", {}).values()
    if settings.get("kind") == "soap" and any(one.get("answer") == "later" for one in operations):
        signed = settings.get("security", {}).get("answers", {}).get("signed", ["body", "timestamp"])
        kept_ones["addressing"] = settings.get("addressing", {})
        kept_ones["security"] = {"answers": {"signed": signed}}
    return kept_ones | {"allow_private": True}


def credentials(settings: dict[str, Any]) -> dict[str, str]:
    """What those settings need, by ``bare``."""
    return {CERTIFICATE: _agency().certificate} if settings.get("security") else {}


def seal_of(spec: ConnectionSpec) -> Seal | None:
    """What signs the agency's messages; None where nobody asks for it."""
    answers = spec.option("security", {}).get("answers", {})
    if not answers:
        return None
    return MessageSecurity(_agency(), frozenset(answers["signed"])).seal()


def _agency() -> Identity:
    return kept("recorded", "rsa", None)
