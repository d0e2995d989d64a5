"""Where things stand in a TOML file: the line of each table and of each item of a list, by path.

tomllib says no lines, and an error without one sends its reader searching. This follows the brackets, strings
and comments of TOML 1.0 without reading values; the file was parsed before, so it is well formed.
"""

import re

_HEADER = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*(\]\]?)\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([^\s=#\[{][^=]*?)\s*=")
_NAME = re.compile(r"\"([^\"]*)\"|'([^']*)'|([^.\s]+)")
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL)

Path = tuple[str | int, ...]


def locate(text: str) -> dict[Path, int]:
    """Line, from 1, of every table (``("codes", "sex")``) and list item (``("shapes", "one", 0)``)."""
    blank = _without_strings(text)
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    lines = blank.split("\n")
    originals = text.split("\n")
    at = 0
    while at < len(lines):
        header = _HEADER.match(originals[at]) if lines[at].lstrip().startswith("[") else None
        if header:
            table = _names(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            found[table] = at + 1
        elif key := _KEY.match(originals[at]):
            path = (*table, *_names(key[1]))
            found[path] = at + 1
            at = _items(lines, at, lines[at].find("=") + 1, path, found)
        at += 1
    return found


def _items(lines: list[str], at: int, column: int, path: Path, found: dict[Path, int]) -> int:
    """Note the items of a list of tables that begins on a line; return the line on which the value ends."""
    depth, number = 0, 0
    while True:
        for letter in lines[at][column:]:
            if letter == "#":
                break
            if letter in "[{":
                if letter == "{" and depth == 1:
                    found[(*path, number)] = at + 1
                    number += 1
                depth += 1
            elif letter in "]}":
                depth -= 1
        if depth <= 0 or at + 1 >= len(lines):
            return at
        at, column = at + 1, 0


def _without_strings(text: str) -> str:
    """The text with every string, and every comment, blanked; lines stay where they are."""
    out, at = [], 0
    while at < len(text):
        string = _STRING.match(text, at)
        if string:
            out.append(re.sub(r"[^\n]", "_", string[0]))
            at = string.end()
        elif text[at] == "#":
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            out.append(" " * (end - at))
            at = end
        else:
            out.append(text[at])
            at += 1
    return "".join(out)


def _names(dotted: str) -> Path:
    return tuple(found[1] or found[2] or found[3] or "" for found in _NAME.finditer(dotted))
