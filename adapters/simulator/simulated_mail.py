"""An agency by e-mail from its connection's folder: a clerk who keeps to the words of mapping.toml."""

import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from typing import Any, ClassVar

from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured
from adapters.mapping.paths import getter
from adapters.simulator.mail import MailAgency, answer_to, misspelt, quoting
from adapters.simulator.owed import Later
from adapters.simulator.pins import Pins
from adapters.simulator.settings import Settings
from adapters.simulator.switches import Switches
from adapters.xsd.patterns import PatternError, example

FAILURES = ("http_500", "no_reply", "malformed", "wrong_encoding", "reject")
UNCLEAR = "Thank you, we shall see about it."
JSON = dict[str, Any]


class SimulatedMail(MailAgency):
    """One connection. In a script ``when`` looks at the members of case.json, ``fault`` is a code of the
    mapping's rejections, and ``reply = { text = "..." }`` is the answer word by word.
    """

    key: ClassVar[str] = "simulated"
    name: ClassVar[str] = "Simulated agency"
    protocol: ClassVar[str] = "e-mail"

    def __init__(
        self,
        spec: ConnectionSpec,
        settings: Settings,
        pins: Pins,
        *,
        port: int = 0,
        fail_percent: float = 0,
        seed: int = 0,
        say: Callable[[str], None] = lambda line: None,
        later: Later = Later.ACCEPTED,
    ) -> None:
        self.key, self.name = spec.key, f"{spec.name} (simulated)"  # type: ignore[misc]
        self.operations: JSON = spec.mapping().get("operations", {})
        domains = spec.option("sender_domains")
        if not self.operations or not domains:
            raise Misconfigured(spec.key, "mapping.toml has no operation, or nobody may answer")
        for name, table in self.operations.items():
            _insist_on_words(spec.key, name, table)
        self._clerk = f"Simulated Clerk <clerk@{domains[0]}>"
        self._pins, self._later, self.say = pins, later, say
        self._fail_percent = fail_percent
        self._chance, self._seed = random.Random(seed), seed  # noqa: S311 - no secret is drawn from it
        super().__init__(settings, port)

    def weather(self, switches: Switches) -> Switches:
        if self._fail_percent and self._chance.uniform(0, 100) < self._fail_percent:
            way = self._chance.choice(FAILURES)
            self.say(f"failing on purpose: {way}")
            return replace(switches, **{way: True})
        return switches

    def refusal(self, mail: EmailMessage) -> str:
        """What the mail lacks: the document, the data, or what ``requires`` names."""
        parts = {part.get_content_type(): part.get_payload(decode=True) for part in mail.walk()}
        document, data = parts.get("application/pdf"), parts.get("application/json")
        if not isinstance(document, bytes) or not document.startswith(b"%PDF-"):
            return self._refuse("the mail has no document")
        try:
            value = json.loads(data if isinstance(data, bytes) else b"")
        except ValueError:
            return self._refuse("the mail has no data in JSON")
        operation = self._operation(mail)
        required = self.operations[operation].get("requires", [])
        missing = [path for path in required if getter(path)(value) is None]
        return self._refuse(f"{', '.join(missing)} is missing") if missing else ""

    def _refuse(self, why: str) -> str:
        self.say(f"MAIL -> 554 {why}")
        return f"554 5.6.0 {why}"

    def take(self, mail: EmailMessage, content: bytes, switches: Switches) -> None:
        key, operation = str(mail["Message-ID"]).strip(), self._operation(mail)
        with self.store.transaction():
            self.store.receive(operation, key, content)
            if self.store.get("case", key) is not None:
                self.say(f"MAIL {operation} -> taken, answered before")
                return
            text, is_taken = self._answer(operation, _data(mail), switches)
            self.store.put("case", key, {"text": text})
            if is_taken:
                self.store.effect(operation, key, {"text": text})
        if self._later is Later.NEVER:
            self.say(f"MAIL {operation} -> taken, never answered")
            return
        self.say(f"MAIL {operation} -> taken; later: {text.splitlines()[0]}")
        twice = replace(switches, duplicate_callback=True) if self._later is Later.TWICE else switches
        self.later(twice, lambda: self._letter(mail, text, switches))

    def _operation(self, mail: EmailMessage) -> str:
        """The operation whose subject the mail has; the first where none fits."""
        subject = " ".join(str(mail["Subject"]).split())
        for name, table in self.operations.items():
            parts = map(re.escape, str(table.get("subject", "")).split("{case}"))
            if re.match(".*".join(parts), subject):
                return name
        return next(iter(self.operations))

    def _answer(self, operation: str, value: JSON, switches: Switches) -> tuple[str, bool]:
        """The words of the answer, and whether they mean that it was done."""
        rule = self._pins.rule(operation, value)
        if "text" in rule.reply:
            return str(rule.reply["text"]), not rule.fault
        if switches.malformed:
            return UNCLEAR, False
        is_refused = bool(rule.fault) or switches.reject or self._later is Later.REJECTED
        words = self._words(operation, "rejected" if is_refused else "accepted", rule.fault)
        if is_refused:
            return f"{words}: the simulator refuses it.", False
        number = self._number(operation)
        return f"{words}. {f'Our number is {number}.' if number else ''}".strip(), True

    def _words(self, operation: str, meaning: str, code: str) -> str:
        for answer in self.operations[operation].get("answers", []):
            if answer["is"] == meaning and code in {"", answer.get("code", meaning)}:
                return str(answer["words"][0]).capitalize()
        return UNCLEAR

    def _number(self, operation: str) -> str:
        pattern = str(self.operations[operation].get("reference", ""))
        chance = random.Random(f"{self._seed}{self.store.next_number('case')}")  # noqa: S311 - a sample
        return example(pattern, chance, 8) if pattern else ""

    def _letter(self, mail: EmailMessage, text: str, switches: Switches) -> bytes:
        sender = "clerk@elsewhere.example" if switches.wrong_contract else self._clerk
        letter = answer_to(mail, sender)
        letter.set_content(quoting(mail, text))
        return misspelt(letter.as_bytes()) if switches.wrong_encoding else letter.as_bytes()


def _insist_on_words(key: str, name: str, table: JSON) -> None:
    """Raise Misconfigured where an operation does not say what its simulator would answer."""
    meant = {answer.get("is") for answer in table.get("answers", [])}
    if meant < {"accepted", "rejected"}:
        raise Misconfigured(key, f"mapping.toml: {name} needs words for accepted and for rejected")
    try:
        example(str(table.get("reference", "")), random.Random(0), 8)  # noqa: S311 - a sample
    except PatternError as error:
        why = f"mapping.toml: no number can be drawn from the reference of {name}: {error}"
        raise Misconfigured(key, why) from error


def _data(mail: EmailMessage) -> JSON:
    part = next(part for part in mail.walk() if part.get_content_type() == "application/json")
    octets = part.get_payload(decode=True)
    found: JSON = json.loads(octets) if isinstance(octets, bytes) else {}
    return found
