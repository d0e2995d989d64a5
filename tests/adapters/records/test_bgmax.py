"""Bankgirot's example of BGMax, a Swedish payment file: sections, totals of each, and two spoilt lines."""

from io import BytesIO
from pathlib import Path

import pytest

from adapters.contracts.layout import FileLayout
from adapters.contracts.violation import Violation
from tests.adapters.records.layouts import compiled
from tests.corpus import corpus

__all__ = ["corpus"]

pytestmark = pytest.mark.corpus

HEAD = """
[file]
encoding = "iso-8859-1"
line_end = "\\n"
length = 80
trimmed = TRIMMED
folder = "/"
name = "BGMAX"
order = ["01", "(05 ((20 | 21) 22* 23* 25* 26* 27* 28* 29*)+ 15)*", "70"]
head = "01"
tail = "70"
"""
AMOUNT = 'type = "number", decimals = 2'
PAYMENT = [
    ("code", 2, 'type = "const", value = "{code}"'),
    ("sender", 10, 'type = "number"'),
    ("reference", 25, 'type = "text"'),
    ("amount", 18, 'type = "number", decimals = 2'),
    ("referenceCode", 1, 'type = "number"'),
    ("channel", 1, 'type = "number"'),
    ("serial", 12, 'type = "text"'),
    ("image", 1, 'type = "number"'),
    ("filler", 10, 'type = "blank"'),
]
DEDUCTION = [*PAYMENT[:-1], ("deduction", 1, 'type = "number"'), ("filler", 9, 'type = "blank"')]
LINE = [("code", 2, 'type = "const", value = "{code}"'), ("text", 78, 'type = "text"')]
RECORDS = {
    "01": [
        ("code", 2, 'type = "const", value = "01"'),
        ("layout", 20, 'type = "const", value = "BGMAX"'),
        ("version", 2, 'type = "number"'),
        ("written", 20, 'type = "date", form = "YYYYMMDDhhmmssffffff"'),
        ("mode", 1, 'type = "text", codes = ["P", "T"]'),
        ("filler", 35, 'type = "blank"'),
    ],
    "05": [
        ("code", 2, 'type = "const", value = "05"'),
        ("receiver", 10, 'type = "number"'),
        ("plusgiro", 10, 'type = "text"'),
        ("currency", 3, 'type = "text", codes = ["SEK", "EUR"]'),
        ("filler", 55, 'type = "blank"'),
    ],
    **dict.fromkeys(("20", "22", "23"), PAYMENT),
    "21": DEDUCTION,
    **dict.fromkeys(("25", "26", "27", "28", "29"), LINE),
    "15": [
        ("code", 2, 'type = "const", value = "15"'),
        ("account", 35, 'type = "number"'),
        ("day", 8, 'type = "date"'),
        ("serial", 5, 'type = "number"'),
        (
            "sum",
            18,
            f'{AMOUNT}, total = "sum", of = "20.amount", minus = "21.amount", since = "05"',
        ),
        ("currency", 3, 'type = "text"'),
        ("count", 8, 'type = "number", total = "count", of = ["20", "21"], since = "05"'),
        ("kind", 1, 'type = "text"'),
    ],
    "70": [
        ("code", 2, 'type = "const", value = "70"'),
        ("payments", 8, 'type = "number", total = "count", of = "20"'),
        ("deductions", 8, 'type = "number", total = "count", of = "21"'),
        ("references", 8, 'type = "number", total = "count", of = ["22", "23"]'),
        ("deposits", 8, 'type = "number", total = "count", of = "15"'),
        ("filler", 46, 'type = "blank"'),
    ],
}


def bgmax(folder: Path, *, trimmed: bool = True) -> FileLayout:
    """The layout of BGMax as its manual describes it; ``trimmed`` takes lines without their last blanks."""
    text = [HEAD.replace("TRIMMED", str(trimmed).lower())]
    for code, fields in RECORDS.items():
        at, lines = 1, []
        for name, width, rest in fields:
            lines.append(f'  {{ name = "{name}", at = {at}, width = {width}, {rest.format(code=code)} }},\n')
            at += width
        text.append(f'\n[[record]]\ncode = "{code}"\nfields = [\n{"".join(lines)}]\n')
    return compiled(folder, "".join(text))


@pytest.fixture
def example(corpus: Path) -> bytes:
    return (corpus / "se-bgmax" / "bgmax_example.txt").read_bytes()


def mended(example: bytes) -> bytes:
    """The example with its seventeenth line as its neighbours are: blanks for tabs."""
    lines = example.split(b"\n")
    lines[16] = lines[15].replace(b"657767", b"657965")
    return b"\n".join(lines)


def test_the_spoilt_line_is_reported_and_not_misread(tmp_path: Path, example: bytes) -> None:
    form = bgmax(tmp_path)
    with pytest.raises(Violation) as caught:
        form.read(example)
    assert caught.value.line == 17
    assert [fault.line for fault in form.faults(BytesIO(example))] == [17]


def test_a_reader_that_wants_all_blanks_reports_each_short_line(tmp_path: Path, example: bytes) -> None:
    faults = bgmax(tmp_path, trimmed=False).faults(BytesIO(example))
    assert [fault.line for fault in faults] == [16, 17, 50]
    assert [fault.message[:26] for fault in faults] == [
        *("a record of 70 characters,", "a record of 60 characters,"),
        "the file ends in the middl",
    ]


def test_totals_of_sections_and_file_agree(tmp_path: Path, example: bytes) -> None:
    found = bgmax(tmp_path).read(mended(example))
    sums = [(values["sum"], int(values["count"])) for record, values, _ in found if record.code == "15"]
    assert sums == [("1900.00", 3), ("8000.00", 4)]
    last = found[-1][1]
    assert [int(last[name]) for name in ("payments", "deductions", "references", "deposits")] == [6, 1, 6, 2]


@pytest.mark.parametrize(
    ("line", "old", "new", "field"),
    [
        (23, b"190000SEK", b"190001SEK", "sum"),
        (23, b"SEK00000003", b"SEK00000004", "count"),
        (50, b"70000000060", b"70000000070", "payments"),
    ],
)
def test_a_total_that_is_wrong_is_found(
    tmp_path: Path, example: bytes, line: int, old: bytes, new: bytes, field: str
) -> None:
    assert mended(example).count(old) == 1
    with pytest.raises(Violation, match="does not agree") as caught:
        bgmax(tmp_path).read(mended(example).replace(old, new))
    assert (caught.value.line, caught.value.path) == (line, field)


def test_written_again_it_is_the_same_but_for_missing_blanks(tmp_path: Path, example: bytes) -> None:
    form, whole = bgmax(tmp_path), mended(example)
    again = b"".join(form.write((record, values) for record, values, _ in form.read(whole)))
    assert [line.rstrip() for line in again.splitlines()] == [line.rstrip() for line in whole.splitlines()]
