"""CSV files as offices write them: RFC 4180, and semicolons, decimal commas, code pages, headers."""

from pathlib import Path

import pytest

from adapters.contracts.layout import FileLayout
from adapters.contracts.violation import ContractUnreadable, Violation
from tests.adapters.records.layouts import compiled

RENTS = """
[file]
format = "csv"
encoding = "cp1252"
delimiter = ";"
decimal = ","
header = "exact"
folder = "/in"
name = "rents-{digest}.csv"
order = ["R*"]
OPTIONS

[[record]]
code = "R"
fields = [
  { name = "name", title = "Namn", type = "text", required = true, width = 20 },
  { name = "rent", title = "Hyra", type = "number", decimals = 2, sign = "leading" },
  { name = "postcode", title = "Postnr", type = "number" },
  { name = "moved", title = "Datum", type = "date", form = "YYYY-MM-DD" },
  { name = "note", title = "Anm", type = "text" },
]
"""
ROW = {
    **{"name": 'Åsa "Ö"; Ek', "rent": "-1234.5", "postcode": "01234"},
    **{"moved": "2027-01-31", "note": "a — b"},
}


def rents(folder: Path, options: str = "") -> FileLayout:
    return compiled(folder, RENTS.replace("OPTIONS", options))


def written(form: FileLayout, *rows: dict[str, str]) -> bytes:
    return b"".join(form.write((form.records["R"], row) for row in rows))


def test_a_row_is_quoted_where_it_must_be_and_comes_back(tmp_path: Path) -> None:
    form = rents(tmp_path)
    content = written(form, ROW)
    expected = 'Namn;Hyra;Postnr;Datum;Anm\r\n"Åsa ""Ö""; Ek";-1234,50;01234;2027-01-31;a — b\r\n'
    assert content.decode("cp1252") == expected
    assert form.read(content) == [(form.records["R"], {**ROW, "rent": "-1234.50"}, 2)]


def test_lines_with_lf_alone_are_taken_where_the_layout_says_so(tmp_path: Path) -> None:
    lax, strict = rents(tmp_path, 'line_end = "any"'), rents(tmp_path)
    content = b"Namn;Hyra;Postnr;Datum;Anm\nEk;1,00;1;;\n"
    assert len(lax.read(content)) == 1
    with pytest.raises(Violation):
        strict.read(content)


def test_byte_order_mark_of_a_spreadsheet_is_no_part_of_the_header(tmp_path: Path) -> None:
    form = compiled(tmp_path, RENTS.replace("OPTIONS", "").replace("cp1252", "utf-8"))
    assert form.read(b"\xef\xbb\xbf" + written(form, ROW))[0][1]["name"] == ROW["name"]


def test_columns_by_name_may_stand_in_any_order(tmp_path: Path) -> None:
    form = rents(tmp_path, 'quoting = "all"').csv
    assert form is not None
    by_name = compiled(tmp_path, RENTS.replace("OPTIONS", "").replace('"exact"', '"by-name"'))
    content = b"Anm;Namn;Datum;Extra;Postnr;Hyra\r\n;Ek;2027-01-31;x;41255;12,00\r\n"
    assert by_name.read(content)[0][1]["rent"] == "12.00"
    with pytest.raises(Violation, match="header is not"):
        rents(tmp_path).read(content)


@pytest.mark.parametrize(
    ("row", "line", "field"),
    [
        ("Ek;1.00;1;;", 2, "rent"),  # a point where the comma should be
        ("Ek;1,005;1;;", 2, "rent"),
        ("Ek;x;1;;", 2, "rent"),
        (";1,00;1;;", 2, "name"),
        ("Ek;1,00;1;2027-02-30;", 2, "moved"),
        ("Ek;1,00;1;20270228;", 2, "moved"),
        (f"{'x' * 21};1,00;1;;", 2, "name"),
        ("Ek;1,00;1;;a\x00", 2, "note"),
    ],
)
def test_a_value_at_fault_is_named(tmp_path: Path, row: str, line: int, field: str) -> None:
    with pytest.raises(Violation) as caught:
        rents(tmp_path).read(f"Namn;Hyra;Postnr;Datum;Anm\r\n{row}\r\n".encode("cp1252"))
    assert (caught.value.line, caught.value.path) == (line, field)


@pytest.mark.parametrize(
    "row",
    ["Ek;1,00;1", 'Ek;1,00;1;;"a', '"Ek"x;1,00;1;;', "Ek;1,00;1;;;", 'Ek;1,00;1;;"a\r\nb"c'],
)
def test_rows_of_another_shape_are_refused(tmp_path: Path, row: str) -> None:
    with pytest.raises(Violation):
        rents(tmp_path).read(f"Namn;Hyra;Postnr;Datum;Anm\r\n{row}\r\n".encode("cp1252"))


def test_a_file_that_ends_in_the_middle_is_partial(tmp_path: Path) -> None:
    form = rents(tmp_path)
    with pytest.raises(Violation, match="middle of a record"):
        form.read(written(form, ROW, ROW)[:-4])


def test_another_encoding_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(Violation, match="not cp1252"):
        rents(tmp_path).read(b"Namn;Hyra;Postnr;Datum;Anm\r\n\x81;1,00;1;;\r\n")


def test_what_a_spreadsheet_would_run_is_refused_where_asked(tmp_path: Path) -> None:
    form = rents(tmp_path, 'formulas = "refuse"')
    for name in ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)"):
        with pytest.raises(Violation, match="spreadsheet formula"):
            written(form, {**ROW, "name": name})
    assert written(form, ROW)  # a negative rent is a number


def test_names_that_the_code_page_lacks_are_written_alike_where_asked(tmp_path: Path) -> None:
    form = compiled(
        tmp_path,
        RENTS.replace("OPTIONS", "").replace("width = 20", 'width = 20, unencodable = "transliterate"'),
    )
    assert form.read(written(form, {**ROW, "name": "Łukasz Đinđić"}))[0][1]["name"] == "Lukasz Dindic"
    with pytest.raises(Violation, match="cannot write"):
        written(form, {**ROW, "name": "Ωmega"})


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('type = "number" }', 'type = "numbr" }', "no type 'numbr'"),
        ('title = "Namn"', 'tilte = "Namn"', "says tilte"),
        ('"cp1252"', '"cp9999"', "unknown encoding"),
        ('["R*"]', '["(R*"]', "does not close"),
        ('header = "exact"', 'header = "yes"', "exact or by-name"),
        ('delimiter = ";"', "delimiter = ;", "line 5"),
    ],
)
def test_a_layout_that_cannot_be_read_says_why(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in RENTS
    with pytest.raises(ContractUnreadable, match=says):
        compiled(tmp_path, RENTS.replace("OPTIONS", "").replace(old, new, 1))
