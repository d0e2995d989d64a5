"""The closed set of transformations a rule may ask for, each with what undoes it.

Written as words with arguments: ``transform = ["strip", "pad 9 0"]``. Done in order when sending; undone in
the reverse order when reading. ``loses`` says what does not come back, "" where all does.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial

from adapters.mapping.unfit import Unfit
from adapters.mapping.wrong import MappingWrong

Text = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Transform:
    """One transformation with its arguments."""

    do: Text
    undo: Text | None  # None: reading leaves the text as it is
    loses: str


def parse(word: str) -> Transform:
    """One word of a ``transform`` list; raises MappingWrong."""
    name, *arguments = word.split(" ")
    entry = _KNOWN.get(name)
    if entry is None:
        raise MappingWrong(f"there is no transformation {name!r}; there are {', '.join(sorted(_KNOWN))}")
    make, least, most = entry
    if not least <= len(arguments) <= most:
        raise MappingWrong(f"{word!r} has {len(arguments)} arguments, not {least} to {most}")
    try:
        return make(*arguments)
    except ValueError as error:
        raise MappingWrong(f"{word!r}: {error}") from error


def check(words: tuple[str, ...]) -> None:
    """Raise MappingWrong where a word is none of the set."""
    for word in words:
        parse(word)


def forth(words: tuple[str, ...]) -> Text | None:
    """What sending does to a text, None for nothing."""
    return _chain([parse(word).do for word in words])


def back(words: tuple[str, ...]) -> Text | None:
    """What reading does to a text, None for nothing."""
    return _chain([undo for word in reversed(words) if (undo := parse(word).undo) is not None])


def _chain(steps: list[Text]) -> Text | None:
    if len(steps) < 2:
        return steps[0] if steps else None

    def convert(text: str) -> str:
        for one in steps:
            text = one(text)
        return text

    return convert


def _lossy(do: Text, loses: str) -> Callable[[], Transform]:
    return lambda: Transform(do, None, loses)


def _pad(width: str, fill: str = "0") -> Transform:
    size = int(width)
    if len(fill) != 1:
        raise ValueError("the fill is one character")
    return Transform(
        lambda text: text.rjust(size, fill),
        lambda text: text.lstrip(fill) or text[-1:],
        f"a leading {fill!r} of its own",
    )


def _cut(width: str) -> Transform:
    size = int(width)
    return Transform(lambda text: text[:size], None, f"what is longer than {size} characters")


def _prefix(text: str) -> Transform:
    return Transform(lambda value: f"{text}{value}", lambda value: value.removeprefix(text), "")


def _suffix(text: str) -> Transform:
    return Transform(lambda value: f"{value}{text}", lambda value: value.removesuffix(text), "")


def _decimal(sign: str, places: str = "") -> Transform:
    """``decimal ,`` or ``decimal , 2``: the agency's sign between whole and fraction."""
    size = int(places) if places else None

    def do(text: str) -> str:
        number = _number(text)
        return (f"{number:f}" if size is None else f"{number:.{size}f}").replace(".", sign)

    loses = "" if size is None else f"more than {size} decimal places"
    return Transform(do, lambda text: text.replace(sign, "."), loses)


def _minor(places: str = "2") -> Transform:
    """Amounts in the smallest unit: 12.50 goes as 1250."""
    size = int(places)

    def do(text: str) -> str:
        scaled = _number(text).scaleb(size)
        if scaled != scaled.to_integral_value():
            raise Unfit("", f"has more than {size} decimal places")
        return f"{scaled:.0f}"

    return Transform(do, lambda text: f"{_number(text).scaleb(-size):.{size}f}", "")


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise Unfit("", f"{text!r} is not a number") from error
    if not number.is_finite():
        raise Unfit("", f"{text!r} is not a number")
    return number


def _latin(text: str) -> str:
    """Letters without their marks; what has no Latin base letter is refused rather than dropped."""
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.translate(_LETTERS))
        if not unicodedata.combining(letter)
    )
    bad = next((letter for letter in bare if ord(letter) > 126), None)
    if bad is not None:
        raise Unfit("", f"has {bad!r}, which has no Latin letter without marks")
    return bare


_LETTERS = str.maketrans(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L"}
    | {"đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "–": "-", "’": "'", "‘": "'"}
)

_KNOWN: dict[str, tuple[Callable[..., Transform], int, int]] = {
    "strip": (_lossy(str.strip, "blanks at the ends"), 0, 0),
    "collapse": (_lossy(lambda text: " ".join(text.split()), "repeated blanks"), 0, 0),
    "upper": (_lossy(str.upper, "lower case"), 0, 0),
    "lower": (_lossy(str.lower, "upper case"), 0, 0),
    "title": (_lossy(str.title, "case"), 0, 0),
    "digits": (_lossy(partial(re.sub, r"\D", ""), "all but digits"), 0, 0),
    "latin": (_lossy(_latin, "marks on letters"), 0, 0),
    "pad": (_pad, 1, 2),
    "cut": (_cut, 1, 1),
    "prefix": (_prefix, 1, 1),
    "suffix": (_suffix, 1, 1),
    "decimal": (_decimal, 1, 2),
    "minor": (_minor, 0, 1),
}
