"""An agency's side of WS-Security: what it demands of its partner's messages, and how it signs its own."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from lxml import etree
from lxml.etree import _Element as Element

from adapters.simulator.identities import Identity
from adapters.wss.accounts import Replays, account_of
from adapters.wss.certificates import Trust
from adapters.wss.refused import SecurityRefused
from adapters.wss.sealing import Sealing
from adapters.wss.signing import Signer
from adapters.wss.verifying import Expected, fresh, security_header, verify

MAX_AGE = timedelta(minutes=5)
CHECKED = frozenset({"body", "timestamp", "addressing"})  # parts whose signature can be demanded
Seal = Callable[[bytes], bytes]


class MessageSecurity:
    """One agency's keys and memory.

    ``parts`` are what it signs of its own messages (without ``own``, nothing); ``partner`` is the certificate
    (PEM) that requests must be signed with in their ``demanded`` parts, and answers confirm their signature;
    ``accounts`` are passwords by user name, one of which requests must prove. Without either, requests are
    taken as they are.
    """

    def __init__(
        self,
        own: Identity | None,
        parts: frozenset[str],
        *,
        partner: str = "",
        demanded: frozenset[str] = frozenset({"body", "timestamp"}),
        accounts: Mapping[str, str] | None = None,
    ) -> None:
        self._sealing = Sealing(Signer.read(own.key, own.certificate), parts) if own is not None else None
        self._demanded = demanded
        self._replays = Replays()
        self._partner = partner
        self._accounts = accounts or {}

    def admit(self, root: Element) -> Seal | None:
        """Insist on what is demanded; return what signs the answer. Raises SecurityRefused."""
        if self._accounts:
            self._known(root)
        return self.seal(self._signed(root) if self._partner else None)

    def unproven(self) -> Seal | None:
        """What signs the answer to a message that was not admitted; None where answers confirm."""
        return None if self._partner else self.seal()

    def _signed(self, root: Element) -> str:
        """Insist on the partner's signature; return its value. Raises SecurityRefused."""
        now = datetime.now(UTC)
        header, body = _parts(root)
        found = verify(root, header, body, Expected(Trust.read(self._partner), self._demanded, MAX_AGE), now)
        self._replays.insist(found.value, found.expires_at, now)
        return found.value

    def _known(self, root: Element) -> None:
        """Insist on a username token and a fresh timestamp; raises SecurityRefused."""
        now = datetime.now(UTC)
        security = security_header(_parts(root)[0])
        account_of(security, lambda user: self._accounts.get(user, ""), now, MAX_AGE, self._replays)
        fresh(security, now, MAX_AGE)

    def seal(self, confirms: str | None = None) -> Seal | None:
        """A function that signs an answer, and confirms the request's signature where it has one.

        None where answers go unsigned.
        """
        sealing = self._sealing
        if sealing is None:
            return None

        def sealed(message: bytes) -> bytes:
            root = etree.fromstring(message)
            sealing.apply(root, datetime.now(UTC), confirms)
            return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

        return sealed


Security = TypeVar("Security", bound=MessageSecurity)


def message_security(
    table: Mapping[str, Any],
    *,
    own: Identity,
    partner: str,
    accounts: Mapping[str, str],
    of: type[Security],
) -> Security | None:
    """The agency's side of a connection's ``[security]``; None where it demands and signs nothing."""
    answers = table.get("answers", {})
    parts = frozenset(answers.get("signed", ("body", "timestamp"))) if answers else frozenset()
    signed = frozenset(table.get("sign", ()))
    names_user = table.get("username_token", "none") != "none"
    if not parts and not signed and not names_user:
        return None
    return of(
        own if parts else None,
        parts,
        partner=partner if signed else "",
        demanded=signed & CHECKED,
        accounts=accounts if names_user else None,
    )


def _parts(root: Element) -> tuple[Element, Element]:
    """The Header and the Body of an envelope that has one of each, and no more; raises SecurityRefused."""
    names = [etree.QName(part).localname for part in root]
    if names != ["Header", "Body"]:
        raise SecurityRefused("InvalidSecurity", "the message has no security header")
    return root[0], root[1]
