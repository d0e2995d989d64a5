"""Wire bytes as text: indented where that is harmless, else as they came, and nothing in them is run."""

import pytest

from adapters.readable import LONGEST, readable

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>
<lolz name="&c;">&c;</lolz>"""
OUTSIDE = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'


@pytest.mark.parametrize("body", [BOMB, OUTSIDE])
def test_a_document_type_is_shown_as_it_came(body: bytes) -> None:
    assert readable(body, "text/xml") == body.decode()
    assert readable(body, "text/xml", as_it_came=True) == body.decode()


def test_a_document_type_in_another_encoding_is_not_expanded_either() -> None:
    body = '<?xml version="1.0" encoding="utf-16"?>' + BOMB.decode().partition("?>")[2]
    for written in (body.encode("utf-16"), body.encode("utf-16-le")):
        assert "lollol" not in readable(written)


def test_xml_and_json_are_indented() -> None:
    assert readable(b"<a><b>1</b></a>") == "<a>\n  <b>1</b>\n</a>\n"
    assert readable('{"a":["é"]}'.encode()) == '{\n "a": [\n  "é"\n ]\n}'


def test_lines_are_kept_where_a_line_is_pointed_at() -> None:
    assert readable(b"<a>\r\n<b>1</b></a>", as_it_came=True) == "<a>\n<b>1</b></a>"


def test_the_declared_encoding_is_used() -> None:
    assert readable("Åsa".encode("iso-8859-1"), "text/plain; charset=iso-8859-1") == "Åsa"
    assert readable(b"\xc5sa") == "\ufffdsa"


@pytest.mark.parametrize("body", [b"[" * 200_000, b'["\\ud800"]', b"<" * 9, b"\0", b"", b"1" * 9999])
def test_whatever_comes_can_be_put_on_a_page(body: bytes) -> None:
    readable(body).encode()


def test_what_is_too_long_is_cut() -> None:
    assert len(readable(b"x" * (LONGEST + 1))) == LONGEST
