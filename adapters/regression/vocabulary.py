"""The words that a recording may keep: those of the connection's files, of protocols, and of plain talk.

Whatever else a message says may be about somebody, whatever its field is called, and gets a stand-in.
"""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from adapters.connection_spec import ConnectionSpec
from adapters.mapping import document

WORD = re.compile(r"[^\W_]+")
_READ = {".toml", ".wsdl", ".xsd", ".json", ".yaml", ".yml", ".xml"}
_EXAMPLES = {"example", "examples"}  # an OpenAPI document's examples may name somebody
_PROTOCOLS = """
    anonymous application beginning charset client code content csv data disposition env error example
    failed false onestop org fault html http https id ids immediate int json kind length mailto message
    must none null number octet
    ok pdf plain problem read receiver reply reference rejected accepted pending retry sender server service
    soap state status string text title true type understand urn utf uuid value version void xml written
    granted partly refused withdrawn open done
"""
_TALK = """
    a about accepted afterwards again all already also an and another any are as at available bad be because
    been before below but by can cannot case cases closed could date day days days delivered did do document
    does done each else enclosed entered error every exists fault field file final first for found from full
    good greetings had has have he her his how if in incorrect inside invalid is it its known last later least
    less letter line long longer mail many may message missing month more most must my name never new next no
    nobody not nothing now number of off on once one only open opened or other our out over own part per
    person please possible received record refused regards registered reason rejected requested required
    result same see sent shall she should since so some something such than thank that the their them then
    there these they this those three time to today too two unknown until up us valid value very want was we
    were what when where which who whole whom will with without wrong wrote year years yes yet you your
    original forwarded skrev den schrieb am ursprungligt meddelande från von
"""  # with what mail programs write above what they quote


class Vocabulary:
    """The words of one connection, without regard to case."""

    def __init__(self, words: frozenset[str] = frozenset(), domains: frozenset[str] = frozenset()) -> None:
        self._words = words | frozenset(_PROTOCOLS.split()) | frozenset(_TALK.split())
        self.domains = domains  # of e-mail addresses, in lower case

    @classmethod
    def of(cls, spec: ConnectionSpec) -> "Vocabulary":
        """From a connection's folder, what its mapping extends included."""
        read = {path: path.read_text(encoding="utf-8", errors="replace") for path in _files(spec)}
        texts = [_text(path.suffix, text) for path, text in read.items()]
        found = "\n".join(texts)
        domains = re.findall(r"@?([a-z0-9-]+(?:\.[a-z0-9-]+)+)", found.lower())
        return cls(frozenset(map(folded, WORD.findall(found))) | _parts(found), frozenset(domains))

    def knows(self, word: str) -> bool:
        """Whether a word says nothing of anybody."""
        return folded(word) in self._words


def folded(text: str) -> str:
    """Text as it compares: without case, and the accents that go with it."""
    return unicodedata.normalize("NFC", text).casefold()


def _files(spec: ConnectionSpec) -> list[Path]:
    found = [path for path in sorted(spec.folder.rglob("*")) if path.suffix in _READ and path.is_file()]
    if (spec.folder / "mapping.toml").is_file():
        found += document.files(spec.folder / "mapping.toml")[1:]
    return [path for path in found if path.name != "samples.json"]


def _parts(text: str) -> frozenset[str]:
    """The words that names in camel case are made of."""
    return frozenset(map(folded, re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", text)))


def _text(suffix: str, text: str) -> str:
    if suffix != ".json":
        return text
    try:
        return json.dumps(_without_examples(json.loads(text)), ensure_ascii=False)
    except ValueError:
        return ""


def _without_examples(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: _without_examples(one) for name, one in found.items() if name not in _EXAMPLES}
    return [_without_examples(one) for one in found] if isinstance(found, list) else found
