"""Fixed-width files of mainframes: code pages, packed and zoned numbers, records without line ends."""

from io import BytesIO
from pathlib import Path

import pytest

from adapters.contracts import ebcdic
from adapters.contracts.decimals import Number
from adapters.contracts.layout import FileLayout
from adapters.contracts.violation import ContractUnreadable, Violation
from tests.adapters.records.layouts import compiled

PAYMENTS = """
[file]
encoding = "ENCODING"
line_end = "LINE_END"
length = LENGTH
folder = "/in"
name = "PAY{digest}"
order = ["H", "D*", "T"]

[[record]]
code = "H"
fields = [
  { name = "code", at = 1, width = 1, type = "const", value = "H" },
  { name = "name", at = 2, width = 12, type = "text" },
  { name = "day", at = 14, width = 6, type = "date", form = "YYMMDD", empty = "000000" },
  { name = "filler", at = 20, width = 5, type = "blank" },
]

[[record]]
code = "D"
fields = [
  { name = "code", at = 1, width = 1, type = "const", value = "D" },
  { name = "name", at = 2, width = 12, type = "text" },
  { name = "amount", at = 14, width = 5, type = "packed", decimals = 2, sign = "signed" },
  { name = "months", at = 19, width = 2, type = "binary" },
  { name = "balance", at = 21, width = 4, type = "number", sign = "overpunch" },
]

[[record]]
code = "T"
fields = [
  { name = "code", at = 1, width = 1, type = "const", value = "T" },
  { name = "count", at = 2, width = 6, type = "number", total = "count", of = "*" },
  { name = "amount", at = 8, width = 6, type = "packed", decimals = 2, sign = "signed", SUM_OF_AMOUNT },
  { name = "balance", at = 14, width = 6, type = "number", sign = "trailing", SUM_OF_BALANCE },
  { name = "filler", at = 20, width = 5, type = "blank" },
]
"""
for name in ("amount", "balance"):
    PAYMENTS = PAYMENTS.replace(f"SUM_OF_{name.upper()}", f'total = "sum", of = "D.{name}"')
ROWS = [
    ("H", {"name": "Åsa Öberg", "day": "270131"}),
    ("D", {"name": "Jürgen", "amount": "1234567.89", "months": "65535", "balance": "120"}),
    ("D", {"name": "ÉÇ", "amount": "-0.50", "months": "0", "balance": "-7"}),
    ("T", {}),
]


def payments(folder: Path, encoding: str = "cp1143", line_end: str = "", length: int = 24) -> FileLayout:
    text = PAYMENTS.replace("ENCODING", encoding).replace("LINE_END", line_end)
    return compiled(folder, text.replace("LENGTH", str(length)))


def written(form: FileLayout) -> bytes:
    return b"".join(form.write((form.records[code], values) for code, values in ROWS))


@pytest.mark.parametrize("encoding", ["cp037", "cp500", "cp273", "cp1141", "cp1143", "cp278", "cp1148"])
def test_records_without_line_ends_come_back_as_they_went(tmp_path: Path, encoding: str) -> None:
    form = payments(tmp_path, encoding)
    content = written(form)
    assert len(content) == 4 * 24
    found = form.read(content)
    assert found[0][1]["name"] == "Åsa Öberg"
    assert [values["amount"] for record, values, _ in found if record.code == "D"] == ["1234567.89", "-0.50"]
    assert [found[1][1][name] for name in ("months", "balance")] == ["65535", "120"]
    assert found[2][1]["balance"] == "-7"
    totals = found[3][1]
    assert (int(totals["count"]), totals["amount"], totals["balance"]) == (4, "1234567.39", "113")


def test_bytes_are_those_of_the_mainframe(tmp_path: Path) -> None:
    line = written(payments(tmp_path))[24:48]
    assert line[:1] == b"\xc4"  # D
    assert line[1:3] == b"\xd1\xa1"  # J, ü on the Swedish page
    assert line[13:18].hex() == "123456789c"
    assert line[18:20] == b"\xff\xff"
    assert line[20:24].hex() == "f0f1f2c0"  # +120, the sign over the last digit
    negative = written(payments(tmp_path))[48:72]
    assert negative[13:18].hex() == "000000050d"
    assert negative[20:24].hex() == "f0f0f0d7"


def test_variable_records_carry_their_length(tmp_path: Path) -> None:
    form = payments(tmp_path, line_end="rdw")
    content = written(form)
    assert content[:4] == b"\x00\x1c\x00\x00"
    assert [record.code for record, _, _ in form.read(content)] == ["H", "D", "D", "T"]
    with pytest.raises(Violation, match="middle of a record") as caught:
        form.read(content[:-3])
    assert caught.value.line == 4


def test_half_a_block_is_a_partial_file(tmp_path: Path) -> None:
    form = payments(tmp_path)
    with pytest.raises(Violation, match="middle of a record") as caught:
        form.read(written(form)[:-1])
    assert caught.value.line == 4


def test_a_file_without_its_trailer_is_not_whole(tmp_path: Path) -> None:
    form = payments(tmp_path)
    with pytest.raises(Violation, match="some are missing: D, T"):
        form.read(written(form)[:-24])


@pytest.mark.parametrize(
    ("at", "damage", "field"),
    [(24 + 17, b"\x91", "amount"), (24 + 13, b"\xaa", "amount"), (48 + 23, b"\x47", "balance")],
)
def test_what_is_no_number_is_named(tmp_path: Path, at: int, damage: bytes, field: str) -> None:
    form = payments(tmp_path)
    content = bytearray(written(form))
    content[at : at + 1] = damage
    with pytest.raises(Violation) as caught:
        form.read(bytes(content))
    assert caught.value.path == field
    assert caught.value.line == at // 24 + 1


def test_total_that_does_not_agree_says_what_was_counted(tmp_path: Path) -> None:
    form = payments(tmp_path)
    content = bytearray(written(form))
    content[24 + 13] ^= 0x10  # another amount, still a packed number
    with pytest.raises(Violation, match="total amount does not agree") as caught:
        form.read(bytes(content))
    assert (caught.value.path, caught.value.line) == ("amount", 4)


def test_packed_bytes_and_line_ends_do_not_go_together(tmp_path: Path) -> None:
    with pytest.raises(ContractUnreadable, match="cannot have line ends"):
        payments(tmp_path, line_end="\\n")
    with pytest.raises(ContractUnreadable, match="24 wide, not 25"):
        payments(tmp_path, length=25)


@pytest.mark.parametrize("encoding", sorted(ebcdic._PAGES))
def test_every_page_is_one_to_one_and_has_the_euro(encoding: str) -> None:
    every = bytes(range(256))
    assert every.decode(encoding).encode(encoding) == every
    assert "€".encode(encoding)
    elder = ebcdic._PAGES[encoding][0]
    with pytest.raises(UnicodeEncodeError):
        "€".encode(elder)
    assert "0123456789 AZaz".encode(elder).decode("cp037") == "0123456789 AZaz"


def test_pages_that_python_has_agree() -> None:
    assert bytes(range(256)).decode("cp1148").replace("€", "¤") == bytes(range(256)).decode("cp500")
    german = bytes(range(256)).decode("cp273").replace("\N{OVERLINE}", "\N{MACRON}")  # Python's own reading
    assert bytes(range(256)).decode("cp1141").replace("€", "¤") == german


@pytest.mark.parametrize(
    ("sign", "value", "text"),
    [
        ("leading", "-12.5", "-001250"),
        ("trailing", "12.50", "001250+"),
        ("overpunch", "-12.50", "000125}"),
        ("overpunch", "12.53", "000125C"),
        ("", "0.07", "0000007"),
    ],
)
def test_signs_on_ascii_systems(sign: str, value: str, text: str) -> None:
    number = Number("number", 7, 2, sign, "0")
    assert number.write(value, "ascii") == text
    assert float(number.read(text, "ascii")) == float(value)


@pytest.mark.parametrize("value", ["-1", "1.005", "123456", "one", "1e3", "١", "--1", "1."])
def test_numbers_that_do_not_fit_are_refused(value: str) -> None:
    with pytest.raises(Violation):
        Number("number", 7, 2, "", "0").write(value, "ascii")


def test_all_faulty_lines_are_listed(tmp_path: Path) -> None:
    form = payments(tmp_path)
    content = bytearray(written(form))
    content[24 + 17], content[48 + 17] = 0x99, 0x99
    assert [fault.line for fault in form.faults(BytesIO(bytes(content)))] == [2, 3]
