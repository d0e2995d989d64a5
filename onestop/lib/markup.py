"""A small tree of XML that writes out again just what it read: prefixes, order, comments, unknown parts.

For documents that are exchanged, such as DMN models; messages to agencies are the business of ``adapters``.
Reading refuses document types, and with them entities, and whatever is too large or too deep.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

LARGEST = 5_000_000  # bytes
DEEPEST = 200
MOST_ELEMENTS = 200_000


class NotMarkup(ValueError):
    """A text that cannot be read as XML, or that we refuse. ``line`` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Aside:
    """A comment or an instruction, as written."""

    text: str


@dataclass(slots=True)
class Element:
    """One element: its tag and attributes as written, and what its prefixes stand for."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Element | Aside | str]" = field(default_factory=list)
    prefixes: dict[str, str] = field(default_factory=dict)
    line: int = 0

    @property
    def local(self) -> str:
        """The name without its prefix."""
        return self.tag.rpartition(":")[2]

    @property
    def namespace(self) -> str:
        """What the prefix stands for, or ""."""
        return self.prefixes.get(self.tag.rpartition(":")[0], "")

    def get(self, name: str, default: str = "") -> str:
        """An attribute as written."""
        return self.attributes.get(name, default)

    def elements(self, *locals_: str) -> "Iterator[Element]":
        """The child elements, of these names if any are given."""
        for child in self.children:
            if isinstance(child, Element) and (not locals_ or child.local in locals_):
                yield child

    def first(self, *locals_: str) -> "Element | None":
        """The first child element of these names."""
        return next(self.elements(*locals_), None)

    def words(self) -> str:
        """The text of the element and of those inside."""
        return "".join(
            child if isinstance(child, str) else child.words() if isinstance(child, Element) else ""
            for child in self.children
        )

    def words_of(self, local: str) -> str:
        """The text of a child, or ""."""
        child = self.first(local)
        return "" if child is None else child.words().strip()

    def walk(self) -> "Iterator[Element]":
        """The element and all inside, in the order of the document."""
        yield self
        for child in self.elements():
            yield from child.walk()


@dataclass(slots=True)
class Markup:
    """A whole document: its root, and what stands before and behind it."""

    root: Element
    before: list[Aside] = field(default_factory=list)
    behind: list[Aside] = field(default_factory=list)


class _Reading:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.ordered_attributes = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.CommentHandler = lambda text: self.aside(f"<!--{text}-->")
        self.parser.ProcessingInstructionHandler = lambda target, data: self.aside(f"<?{target} {data}?>")
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.open: list[Element] = []
        self.root: Element | None = None
        self.count = 0
        self.before: list[Aside] = []
        self.behind: list[Aside] = []

    def start(self, tag: str, attributes: list[str]) -> None:
        self.count += 1
        if len(self.open) >= DEEPEST or self.count > MOST_ELEMENTS:
            raise NotMarkup("too deep or too many elements", self.parser.CurrentLineNumber)
        made = dict(zip(attributes[::2], attributes[1::2], strict=True))
        outer = self.open[-1].prefixes if self.open else {"xml": "http://www.w3.org/XML/1998/namespace"}
        own = {
            name[6:]: value for name, value in made.items() if name == "xmlns" or name.startswith("xmlns:")
        }
        element = Element(tag, made, [], {**outer, **own} if own else outer, self.parser.CurrentLineNumber)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, tag: str) -> None:
        self.open.pop()

    def text(self, text: str) -> None:
        if self.open:
            self.open[-1].children.append(text)

    def aside(self, text: str) -> None:
        place: list[Any] = self.open[-1].children if self.open else self.behind if self.root else self.before
        place.append(Aside(text))

    def doctype(self, *_: Any) -> None:
        raise NotMarkup("document types are refused; remove <!DOCTYPE …>", self.parser.CurrentLineNumber)


def read_markup(body: bytes) -> Markup:
    """Read a document; raises NotMarkup with the line."""
    if len(body) > LARGEST:
        raise NotMarkup(f"more than {LARGEST} bytes", 1)
    reading = _Reading()
    try:
        reading.parser.Parse(body, True)
    except expat.ExpatError as error:
        raise NotMarkup(expat.errors.messages.get(error.code, str(error)), error.lineno) from error
    except (LookupError, ValueError) as error:
        if isinstance(error, NotMarkup):
            raise
        raise NotMarkup(f"cannot be decoded: {error}", 1) from error
    if reading.root is None:
        raise NotMarkup("there is no element", 1)
    return Markup(reading.root, reading.before, reading.behind)


def write_markup(markup: Markup) -> bytes:
    """The document as UTF-8."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    parts += [aside.text + "\n" for aside in markup.before]
    _write(markup.root, parts)
    parts += ["\n" + aside.text for aside in markup.behind]
    return ("".join(parts) + "\n").encode()


def _write(element: Element, parts: list[str]) -> None:
    attributes = "".join(
        f" {name}={quoteattr(value, {chr(10): '&#10;', chr(9): '&#9;', chr(13): '&#13;'})}"
        for name, value in element.attributes.items()
    )
    if not element.children:
        parts.append(f"<{element.tag}{attributes}/>")
        return
    parts.append(f"<{element.tag}{attributes}>")
    for child in element.children:
        if isinstance(child, Element):
            _write(child, parts)
        else:
            parts.append(child.text if isinstance(child, Aside) else escape(child, {"\r": "&#13;"}))
    parts.append(f"</{element.tag}>")
