"""What our own messages carry: tokens, a time to live, and a signature over the parts that were agreed."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from adapters.wss import tokens
from adapters.wss.names import ADDRESSING, CONFIRMATION, PREFIXES, SECURITY, TIMESTAMP, USERNAME_TOKEN, WSU_ID
from adapters.wss.signing import Signer

PARTS = frozenset({"body", "timestamp", "addressing", "headers", "username"})
_DECLARED = "".join(f' xmlns:{name}="{PREFIXES[name]}"' for name in ("wsse", "wsu"))
_CONFIRMING = f' xmlns:wsse11="{PREFIXES["wsse11"]}"'


@dataclass(frozen=True, slots=True)
class Account:
    """Who a UsernameToken is for; ``kind`` is digest or text."""

    name: str
    password: str = field(repr=False)
    kind: str = "digest"


@dataclass(frozen=True, slots=True)
class Sealing:
    """The security header of messages that we write. ``seconds`` is how long one is valid."""

    signer: Signer | None = None
    parts: frozenset[str] = frozenset({"body", "timestamp"})
    account: Account | None = None
    seconds: float = 300
    actor: str = ""

    def apply(self, envelope: Any, now: datetime, confirms: str | None = None) -> str:
        """Put a security header into a parsed envelope and sign; return the signature's value, "" for none.

        ``confirms`` is the signature value of the request that this answers, where it must be confirmed.
        """
        soap = str(envelope.tag).partition("}")[0]
        header, body = envelope.find(f"{soap}}}Header"), envelope.find(f"{soap}}}Body")
        if header is None:
            header = etree.Element(f"{soap}}}Header")
            envelope.insert(0, header)
        mark = uuid.uuid4().hex[:12]
        security = etree.fromstring(self._text(mark, now, confirms))
        header.append(security)
        security.set(f"{soap}}}mustUnderstand", "1")
        if self.actor:
            security.set(f"{soap}}}{'actor' if 'xmlsoap' in soap else 'role'}", self.actor)
        if self.signer is None:
            return ""
        signed = self._signed(header, security, body)
        for number, element in enumerate(signed):
            if element.get(WSU_ID) is None:
                element.set(WSU_ID, f"p{number}-{mark}")
        signature, value = self.signer.sign(signed, f"x-{mark}")
        security.append(etree.fromstring(signature))
        return value

    def _text(self, mark: str, now: datetime, confirms: str | None) -> str:
        found = [tokens.timestamp(f"t-{mark}", now, self.seconds)]
        if self.signer is not None:
            found.append(tokens.binary_token(f"x-{mark}", self.signer.certificate))
        if self.account is not None:
            found.append(_username(self.account, f"u-{mark}", now))
        if confirms is not None:
            found.append(tokens.confirmation(f"c-{mark}", confirms))
        extra = _CONFIRMING if confirms is not None else ""
        return f"<wsse:Security{_DECLARED}{extra}>{''.join(found)}</wsse:Security>"

    def _signed(self, header: Any, security: Any, body: Any) -> list[Any]:
        found = [body] if "body" in self.parts else []
        if "timestamp" in self.parts:
            found.append(security.find(TIMESTAMP))
        if "username" in self.parts and self.account is not None:
            found.append(security.find(USERNAME_TOKEN))
        found += security.findall(CONFIRMATION)
        for block in header:
            is_addressing = str(block.tag)[1:].partition("}")[0] in ADDRESSING
            if block.tag != SECURITY and ("addressing" if is_addressing else "headers") in self.parts:
                found.append(block)
        return found


def _username(account: Account, identifier: str, now: datetime) -> str:
    password = escape(account.password) if account.kind == "text" else account.password
    return tokens.username_token(identifier, escape(account.name), password, account.kind, now)
