"""multipart/related, XOP and SOAP with Attachments: what is read, and what is refused."""

import base64
import email
import email.policy
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapters.contracts import outline
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import Violation
from adapters.kinds.soap import mtom, multipart
from adapters.kinds.soap.envelope import SOAP_11, SOAP_12
from adapters.kinds.soap.multipart import Part

XOP = '<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:%s"/>'
BINARY = bytes(range(256)) * 8


def message(*parts: tuple[str, str, bytes], kind: str = "", end: bytes = b"--", line: str = "\r\n") -> Any:
    """A message as another stack writes it."""
    pieces = []
    for name, headers, octets in parts:
        head = f"--b{line}{headers}{line}" + (f"Content-ID: <{name}>{line}" if name else "") + line
        pieces.append(head.encode() + octets + line.encode())
    body = b"preamble" + line.encode() + b"".join(pieces) + b"--b" + end + line.encode()
    return kind or 'multipart/related; boundary=b; type="application/xop+xml"; start="<root>"', body


def root(content: str) -> tuple[str, str, bytes]:
    return "root", "Content-Type: application/xop+xml", f"<e>{content}</e>".encode()


def read(content_type: str, body: bytes) -> Any:
    octets, attachments = mtom.unpack(content_type, body)
    element = etree.fromstring(octets)
    attachments.include(element)
    return element, attachments


@pytest.mark.parametrize("line", ["\r\n", "\n"])
def test_an_include_becomes_base64(line: str) -> None:
    sent = message(root(f"<d>{XOP % 'a%40b'}</d>"), ("a@b", "Content-Type: image/png", BINARY), line=line)
    element, _ = read(*sent)
    assert base64.b64decode(element.findtext("d")) == BINARY


def test_the_root_may_come_last_or_unnamed() -> None:
    part = ("a", "Content-Type: image/png", BINARY)
    assert len(read(*message(part, root(f"<d>{XOP % 'a'}</d>")))[0][0].text) > 2000
    unnamed = ("", "Content-Type: text/xml", b"<e/>")
    assert read(*message(unnamed, part, kind="Multipart/Related; boundary=b"))[0].tag == "e"


def test_parts_in_base64_are_decoded() -> None:
    part = ("a", "Content-Type: image/png\r\nContent-Transfer-Encoding: BASE64", base64.encodebytes(BINARY))
    element, _ = read(*message(root(f"<d>{XOP % 'a'}</d>"), part))
    assert base64.b64decode(element.findtext("d")) == BINARY


A, B = ("a", "Content-Type: a/b", b"1"), ("b", "Content-Type: a/b", b"2")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (message(root(f"<d>{XOP % 'gone'}</d>"), A), "missing"),
        (message(root(f"<d>{XOP % 'a'}</d><d>{XOP % 'a'}</d>"), A), "taken twice"),
        (message(root(f"<d>{XOP % 'a'}</d>"), A, A), "two parts"),
        (message(root(f"<d>{XOP % 'a'}<f/></d>"), A), "stand alone"),
        (message(root(f"<d>text{XOP % 'a'}</d>"), A), "stand alone"),
        (message(root(f"<d>{XOP.replace('cid:', 'http://127.0.0.1/') % 'a'}</d>"), A), "does not lead"),
        (message(root("<d/>"), A, end=b""), "does not end"),
        (message(A, B), "no root part"),
        (message(("root", "Content-Type: text/html", b"<e/>"), A), "not an envelope"),
        (message(root(""), kind="multipart/related"), "no boundary"),
        (message(root(""), kind=f"multipart/related; boundary={'b' * 71}"), "no boundary"),
        (message(root(""), ("c", "Content-Type: a/b\r\nContent-Type: c/d", b"")), "twice"),
        (message(root(""), ("c", "Content-Transfer-Encoding: gzip", b"")), "encoded as"),
        (message(root(""), ("c", "X: " + "x" * 9000, b"")), "no headers, or more"),
        (message(root(""), *((f"p{n}", "Content-Type: a/b", b"") for n in range(101))), "at most"),
    ],
)
def test_a104_messages_that_are_refused(sent: tuple[str, bytes], words: str) -> None:
    with pytest.raises(Violation, match=words):
        read(*sent)


@pytest.mark.parametrize("content", ["<d>cid:a</d>", '<d href="cid:a"/>'])
def test_attachments_are_read_where_they_are_referred_to(content: str) -> None:
    element, attachments = read(*message(root(content), A))
    attachments.attach(element)
    assert element.findtext("d") == base64.b64encode(b"1").decode()
    signed, beside = read(*message(root(content), A))
    beside.may_attach = False
    with pytest.raises(Violation, match="does not cover"):
        beside.attach(signed)


@pytest.mark.parametrize("version", [SOAP_11, SOAP_12])
def test_what_we_pack_is_read_by_the_standard_library_and_by_us(version: Any) -> None:
    text = base64.b64encode(BINARY).decode()
    whole = etree.fromstring(f"<e><d>{text}</d><d>AAAA</d><d>{text[:-4]} </d><o>{text}</o></e>")
    before = etree.tostring(whole)
    content_type, body = mtom.pack(whole, frozenset({"d"}), version, "urn:act")
    mail = email.message_from_bytes(
        f"Content-Type: {content_type}\r\n\r\n".encode() + body, policy=email.policy.HTTP
    )
    first, *others = mail.iter_parts()
    assert first.get_content_type() == "application/xop+xml"
    assert first.get("Content-ID") == mail.get_param("start")
    assert [part.get_payload(decode=True) for part in others] == [BINARY]
    element, _ = read(content_type, body)
    assert etree.tostring(element) == before


def test_a_message_of_many_bytes_is_read_in_linear_time() -> None:
    big = b"\r\n--c\r\n" * 200_000
    related = multipart.read(*message(root(""), ("c", "Content-Type: a/b", big)))
    assert related.others["c"] == Part("a/b", big)


def test_binary_elements_are_found_in_types_that_hold_themselves(tmp_path: Path) -> None:
    (tmp_path / "x.xsd").write_text(
        """<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t"
        elementFormDefault="qualified"><x:element name="Root" type="t:Node"/>
        <x:simpleType name="Own"><x:restriction base="x:base64Binary"/></x:simpleType>
        <x:complexType name="Typed"><x:simpleContent><x:extension base="t:Own">
        <x:attribute name="kind" type="x:string"/></x:extension></x:simpleContent></x:complexType>
        <x:complexType name="Node"><x:sequence><x:element name="Left" type="t:Node" minOccurs="0"/>
        <x:element name="Right" type="t:Node" minOccurs="0"/><x:element name="Text" type="x:string"/>
        <x:element name="Plain" type="x:base64Binary"/><x:element name="Own" type="t:Own"/>
        <x:element name="Typed" type="t:Typed"/></x:sequence></x:complexType></x:schema>"""
    )
    schemas = SchemaSet(tmp_path)
    schemas.add_file(tmp_path / "x.xsd")
    root = outline.root(schemas, "{urn:t}Root")
    assert root is not None
    assert mtom.binary_tags(schemas, root) == {f"{{urn:t}}{name}" for name in ("Plain", "Own", "Typed")}
