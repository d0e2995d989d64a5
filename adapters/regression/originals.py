"""The words of the original, looked for in what is about to be written: none that tells may be left."""

import re
from typing import Any

from adapters.connection_spec import ConnectionSpec
from adapters.contracts import layout
from adapters.models import Exchange
from adapters.regression import by_files, letters, messages, stand_ins
from adapters.regression.pseudonyms import Pseudonyms
from adapters.regression.recorded import Recorded
from adapters.regression.vocabulary import WORD, Vocabulary, folded

SHORTEST = 4  # characters of a word that says something by itself
_TIME = re.compile(r"[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?")
_OURS = {one for names in (stand_ins.GIVEN, stand_ins.FAMILY, stand_ins.TOWNS) for one in names}
_OURS |= {word for street in stand_ins.STREETS for word in street.split()}
_NEUTRAL = frozenset(map(folded, _OURS))


def of(row: Exchange, spec: ConnectionSpec) -> frozenset[str]:
    """The words of every value that a row has, folded. What was sent is made of the first."""
    received = _read(row.received_bytes, row.received_type, spec)
    values = [row.canonical_value, row.answer_value, received]
    words = {one for value in values for text in _texts(value) for one in _words(text)}
    return frozenset(words - {one for value in values for one in _names(value)})


def left(originals: frozenset[str], recorded: Recorded, spec: ConnectionSpec, names: Pseudonyms) -> list[str]:
    """The words that are in the recording too, but for what the connection's own files say."""
    known = Vocabulary.of(spec)
    kept = {one for value in names.told for one in _words(value)}
    texts = [*_texts([recorded.value, recorded.answer, recorded.held]), recorded.reference]
    texts += _texts(_received(recorded, spec))
    texts += [text for one in recorded.sent for text in (one.line, *one.headers.values())]
    texts += [text for one in recorded.sent for text in _texts(_shown(one.body))]
    found = {one for text in texts for one in _words(text)}
    return sorted(
        one for one in originals & found - kept - _NEUTRAL if not known.knows(one) and not _is_year(one)
    )


def _texts(value: Any) -> list[str]:
    return [str(one) for _, one in messages.leaves(value)]


def _names(value: Any) -> set[str]:
    """The words of the names in a JSON value, by which a document may call a field."""
    if isinstance(value, list):
        return {one for item in value for one in _names(item)}
    if not isinstance(value, dict):
        return set()
    return {one for name in value for one in _words(name)} | _names(list(value.values()))


def _received(recorded: Recorded, spec: ConnectionSpec) -> Any:
    return _read(recorded.received.encode("utf-8", "surrogateescape"), recorded.media_type, spec)


def _read(content: bytes, media_type: str, spec: ConnectionSpec) -> Any:
    """A message as a value: JSON, the fields of records, the words of a mail, the texts of XML."""
    if "json" in media_type and (found := messages.parsed(content)) is not None:
        return found
    if spec.kind == "records":
        return by_files.said(content, media_type, layout.read(spec.contract)["acknowledgement"])
    if media_type == letters.MAIL:
        return letters.said(content)
    return [text for _, text in messages.texts(content, media_type)]


def _shown(body: str) -> Any:
    """The same of a body as a recording shows it."""
    found = messages.parsed(body.encode())
    if isinstance(found, dict | list):
        return found
    return [text for _, text in messages.texts(body.encode())]


def _words(text: str) -> set[str]:
    return {folded(one) for one in WORD.findall(_TIME.sub(" ", text)) if len(one) >= SHORTEST}


def _is_year(word: str) -> bool:
    return word.isdigit() and len(word) == 4 and 1800 <= int(word) <= 2200
