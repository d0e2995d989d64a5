"""Names of fields as words: taken apart, without accents, and matched against the terms of registers."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TERMS = Path(__file__).with_name("terms.toml")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_CODE = {
    "code",
    "codes",
    "cd",
    "kode",
    "koden",
    "kod",
    "koodi",
    "codice",
    "codigo",
    "kood",
    "schluessel",
    "ramz",
}
_CODE_END = re.compile(r"(?:code|kode|kod|koodi|codice|codigo|kood|schluessel|cd)$")
_CODE_START = re.compile(
    r"^(?:cd|code|kod|codice|codigo)(?=[A-Z_])|^(?:Cd|Code|Kode|Codice|Codigo)(?=[A-Z_])"
)
_SAME = [
    (re.compile(r"(?:nummer|number|numero|num|no)$"), "nr"),
    (re.compile(r"(?:datum|date|dato)$"), "dat"),
]


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a register for a canonical field. ``vague`` ones are hints only."""

    field: str  # Person.givenName
    word: str
    vague: bool

    @property
    def type(self) -> str:
        """The standard's type the field is of."""
        return self.field.partition(".")[0]


def tokens(name: str) -> list[str]:
    """A name's words in lower case, without accents: ``KentekenVoertuig`` is kenteken, voertuig."""
    bare = unicodedata.normalize("NFKD", name.translate(_LETTERS).translate(_upper()))
    plain = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return [found.lower() for found in _HUMP.findall(plain)]


@cache
def _upper() -> dict[int, str]:
    return {
        ord(key.upper()): value.capitalize()
        for key, value in {"æ": "ae", "ø": "o", "œ": "oe", "ł": "l"}.items()
    }


def joined(words: list[str]) -> str:
    """Words as one, with the endings that mean the same made the same."""
    text = "".join(words)
    for ending, same in _SAME:
        text = ending.sub(same, text)
    return text


def is_code(name: str) -> bool:
    """True for names of codes: ``SexCode``, ``CdStatusVoertuig``, ``landkod``."""
    words = tokens(name)
    return bool(words) and (
        words[-1] in _CODE
        or words[0] in _CODE
        or bool(_CODE_END.search(words[-1]))
        or bool(_CODE_START.search(name))
    )


@cache
def terms() -> dict[str, tuple[Term, ...]]:
    """Every term by its joined form."""
    table: dict[str, list[Term]] = {}
    for field, listed in _data()["terms"].items():
        for word in listed:
            text = word.rstrip("?").replace("_", "")
            table.setdefault(joined([text]), []).append(Term(field, text, word.endswith("?")))
    return {key: tuple(found) for key, found in table.items()}


@cache
def of_call() -> dict[str, tuple[str, bool]]:
    """Words for what the call itself fills in a request: path, and whether the word is vague."""
    return _flat("call")


@cache
def of_answer() -> dict[str, tuple[str, bool]]:
    """Words for the agency's number, code and reason in a reply: path, and whether the word is vague."""
    return _flat("answer")


def _flat(table: str) -> dict[str, tuple[str, bool]]:
    found = _data()[table].items()
    return {
        joined([word.rstrip("?")]): (path, word.endswith("?")) for path, listed in found for word in listed
    }


@cache
def types() -> dict[str, str]:
    """The standard's type that a word speaks of."""
    return {joined([word]): name for name, listed in _data()["types"].items() for word in listed}


@cache
def others() -> frozenset[str]:
    """Words for somebody or something else than the case is about."""
    return frozenset(_data()["others"]["words"])


@cache
def _data() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = tomllib.loads(TERMS.read_text(encoding="utf-8"))
    return found


def type_of(name: str) -> str:
    """The standard's type that an element's name speaks of, "" for none."""
    words = tokens(name)
    whole = types().get(joined(words))
    return whole or next(
        (types()[joined([word])] for word in reversed(words) if joined([word]) in types()), ""
    )


def is_other(name: str) -> str:
    """The word of a name that says it is about another, "" for none."""
    words = tokens(name)
    for word in words:
        if word in others():
            return word
    text = "".join(words)
    return next((word for word in others() if len(word) > 5 and word in text), "")


def is_fault(name: str) -> bool:
    """True for names of an agency's error: ``Fault``, ``ErrorResponse``, ``Foutbericht``."""
    return any(
        word.startswith(("fault", "error", "fout", "fehler", "feil", "exception")) for word in tokens(name)
    )


def camel(name: str) -> str:
    """A name of our own for a field the standard does not have: ``dateOfMove``."""
    words = tokens(name) or ["value"]
    return words[0] + "".join(word.capitalize() for word in words[1:])


def snake(name: str) -> str:
    """A name as shapes and code lists are called: ``sex_code``."""
    return "_".join(tokens(name)) or "value"
