"""An agency's side of WS-Security: what it demands of the portal's messages, and how it signs its own."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from lxml import etree
from lxml.etree import _Element as Element

from adapters.sandbox.identities import identity
from adapters.sandbox.settings import CLIENT_NAME, Settings
from adapters.wss.accounts import Replays, account_of
from adapters.wss.certificates import Trust
from adapters.wss.refused import SecurityRefused
from adapters.wss.sealing import Sealing
from adapters.wss.signing import Signer
from adapters.wss.verifying import Expected, fresh, security_header, verify

MAX_AGE = timedelta(minutes=5)
Seal = Callable[[bytes], bytes]


class MessageSecurity:
    """One agency's keys and memory. ``parts`` are what it signs of its own messages."""

    def __init__(self, key: str, settings: Settings, parts: frozenset[str]) -> None:
        own = identity(key, settings.data_dir)
        self._sealing = Sealing(Signer.read(own.key, own.certificate), parts)
        self._replays = Replays()
        self._secret = settings.secret
        self._folder = settings.data_dir
        self._key = key

    def signed(self, root: Element) -> str:
        """Insist on the portal's signature; return its value. Raises SecurityRefused."""
        now = datetime.now(UTC)
        header, body = _parts(root)
        portal = identity(f"{CLIENT_NAME}-{self._key}", self._folder).certificate
        found = verify(root, header, body, Expected(Trust.read(portal), max_age=MAX_AGE), now)
        self._replays.insist(found.value, found.expires_at, now)
        return found.value

    def known(self, root: Element) -> None:
        """Insist on the portal's username token and a fresh timestamp; raises SecurityRefused."""
        now = datetime.now(UTC)
        security = security_header(_parts(root)[0])
        account_of(security, self._password, now, MAX_AGE, self._replays)
        fresh(security, now, MAX_AGE)

    def _password(self, user: str) -> str:
        return self._secret if user == CLIENT_NAME else ""

    def seal(self, confirms: str | None = None) -> Seal:
        """A function that signs an answer, and confirms the request's signature where it has one."""

        def sealed(message: bytes) -> bytes:
            root = etree.fromstring(message)
            self._sealing.apply(root, datetime.now(UTC), confirms)
            return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

        return sealed


def _parts(root: Element) -> tuple[Element, Element]:
    """The Header and the Body of an envelope that has one of each, and no more; raises SecurityRefused."""
    names = [etree.QName(part).localname for part in root]
    if names != ["Header", "Body"]:
        raise SecurityRefused("InvalidSecurity", "the message has no security header")
    return root[0], root[1]
