"""Sets of characters in a pattern: ranges, escapes, Unicode categories and blocks, subtraction."""

import unicodedata
from dataclasses import dataclass, field

CATEGORIES = {
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps",
    "Pe", "Pi", "Pf", "Po", "Z", "Zs", "Zl", "Zp", "S", "Sm", "Sc", "Sk", "So", "C", "Cc", "Cf", "Co", "Cn",
}  # fmt: skip
BLOCKS = {
    "BasicLatin": (0x0, 0x7F),
    "Latin-1Supplement": (0x80, 0xFF),
    "LatinExtended-A": (0x100, 0x17F),
    "LatinExtended-B": (0x180, 0x24F),
    "IPAExtensions": (0x250, 0x2AF),
    "SpacingModifierLetters": (0x2B0, 0x2FF),
    "CombiningDiacriticalMarks": (0x300, 0x36F),
    "Greek": (0x370, 0x3FF),
    "GreekandCoptic": (0x370, 0x3FF),
    "Cyrillic": (0x400, 0x4FF),
    "Armenian": (0x530, 0x58F),
    "Hebrew": (0x590, 0x5FF),
    "Arabic": (0x600, 0x6FF),
    "Devanagari": (0x900, 0x97F),
    "Bengali": (0x980, 0x9FF),
    "Thai": (0xE00, 0xE7F),
    "Georgian": (0x10A0, 0x10FF),
    "LatinExtendedAdditional": (0x1E00, 0x1EFF),
    "GreekExtended": (0x1F00, 0x1FFF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "LetterlikeSymbols": (0x2100, 0x214F),
    "NumberForms": (0x2150, 0x218F),
    "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF),
    "BoxDrawing": (0x2500, 0x257F),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7A3),
}


@dataclass(frozen=True)
class Chars:
    """A set of characters; ``holds`` remembers what it was asked."""

    ranges: tuple[tuple[int, int], ...] = ()
    classes: tuple[str, ...] = ()  # d, w, s, i, c and their capitals, p:Name and P:Name
    negated: bool = False
    minus: "Chars | None" = None
    any_case: bool = False
    _known: dict[str, bool] = field(default_factory=dict, repr=False, compare=False, hash=False)

    def holds(self, char: str) -> bool:
        """Whether the character is in the set."""
        known = self._known.get(char)
        if known is None:
            forms = {char, char.lower(), char.upper()} if self.any_case else {char}
            known = any(self._has(form) for form in forms if len(form) == 1) != self.negated
            known = known and not (self.minus is not None and self.minus.holds(char))
            if len(self._known) < 4000:
                self._known[char] = known
        return known

    def _has(self, char: str) -> bool:
        code = ord(char)
        if any(low <= code <= high for low, high in self.ranges):
            return True
        return any(in_class(name, char) for name in self.classes)


def in_class(name: str, char: str) -> bool:
    """Whether a character is in one of the classes that have an escape."""
    kind, wanted = name[0], name[2:]
    if kind in "pP":
        if wanted.startswith("Is"):
            low, high = BLOCKS[wanted[2:]]
            inside = low <= ord(char) <= high
        else:
            inside = unicodedata.category(char).startswith(wanted)
        return inside == (kind == "p")
    if kind in "dD":
        inside = unicodedata.category(char) == "Nd"
    elif kind in "sS":
        inside = char in " \t\n\r"
    elif kind in "wW":
        inside = unicodedata.category(char)[0] not in "PZC"
    elif kind in "iI":
        inside = char in "_:" or char.isalpha()
    else:
        inside = char in "_:.-\u00b7" or char.isalnum() or unicodedata.category(char)[0] == "M"
    return inside == kind.islower()
