"""One global element, both ways, compiled once: JSON-shaped value to XML bytes, element to value.

The value is shaped like zeep's ``serialize_object``: members by local name, lists where an element can
repeat, ``_value_1`` for text beside attributes and for parts whose order matters (see :mod:`.shape`),
``attr__name`` where an attribute is named as an element, None for ``xsi:nil``. Different from zeep: absent
members are left out, ``_xsi_type`` says a derived type, ``_xml`` holds XML that no declaration is known of.
Types the model cannot read are handed to zeep, and listed in :attr:`Codec.fallbacks`.
"""

import logging
from collections.abc import Callable
from typing import Any

from adapters.contracts.markup import parse
from adapters.contracts.violation import ContractUnreadable, Violation
from adapters.mapping.unfit import Unfit
from adapters.xsd.components import Element, NotCompiled
from adapters.xsd.decode import Decoders, ReadElement
from adapters.xsd.encode import Encoders, Write
from adapters.xsd.model import Model
from adapters.xsd.zeep_fallback import NotAlone, ZeepElements

Whole = Callable[[Element, NotAlone], tuple[ReadElement, Write]]
log = logging.getLogger(__name__)


class Codecs:
    """The codecs of one contract, sharing what is compiled. Safe for several threads."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.fallbacks: dict[str, str] = {}  # element -> why zeep does it
        self._zeep = ZeepElements(model.schemas)
        self._decoders = Decoders(model, self._fallen_reader)
        self._kept: dict[tuple[str, bool], Codec] = {}

    def codec(self, name: str, *, typed: bool = False) -> "Codec":
        """The codec of a global element by Clark name; raises ContractUnreadable where there is none.

        ``typed`` writes ``xsi:type`` below the root, as SOAP encoding wants it.
        """
        with self.model.lock:
            if (name, typed) not in self._kept:
                try:
                    element = self.model.element(name)
                except NotCompiled as error:
                    raise ContractUnreadable(self.model.schemas.folder.name, str(error)) from error
                encoders = Encoders(self.model, self._fallen_writer, typed=typed)
                self._kept[name, typed] = Codec(element, self._decoders, encoders, self._whole)
            return self._kept[name, typed]

    def _fallen(self, element: Element, error: NotCompiled) -> None:
        if element.tag not in self.fallbacks:
            log.warning("zeep does %s: %s", element.tag, error)
        self.fallbacks[element.tag] = str(error)

    def _fallen_reader(self, element: Element, error: NotCompiled) -> ReadElement:
        self._fallen(element, error)
        return self._zeep.reader(element)

    def _fallen_writer(self, element: Element, error: NotCompiled) -> Write:
        self._fallen(element, error)
        return self._zeep.writer(element)

    def _whole(self, element: Element, error: NotAlone) -> tuple[ReadElement, Write]:
        """A message of which a part can be read by zeep alone, and by zeep only with all around it."""
        reason = NotCompiled(element.tag, error.message)
        return self._fallen_reader(element, reason), self._fallen_writer(element, reason)


class Codec:
    """One global element."""

    def __init__(self, element: Element, decoders: Decoders, encoders: Encoders, whole: Whole) -> None:
        self.element = element
        self._encoders = encoders
        self._hand_over = whole
        try:
            self._read = decoders.element(element)
            self._write = encoders.element(element, is_root=True)
        except NotAlone as error:
            self._read, self._write = whole(element, error)
        self._start = f"<{encoders.name(element.tag)}"

    def decode(self, element: Any) -> Any:
        """The value of an element that was checked against the schema; raises Violation."""
        try:
            return self._read(element)
        except NotAlone as error:
            self._read, self._write = self._hand_over(self.element, error)
            return self.decode(element)
        except Unfit as fault:
            raise Violation(fault.message, path=fault.path, line=element.sourceline or 0) from fault
        except (NotCompiled, ValueError) as fault:  # ValueError: a number that was not checked before
            raise Violation(str(fault), line=element.sourceline or 0) from fault

    def encode(self, value: Any, attributes: str = "") -> str:
        """The element's text with its namespaces declared on it; raises Violation with the member's path."""
        out: list[str] = []
        try:
            self._write(out, value)
        except NotAlone as error:
            self._read, self._write = self._hand_over(self.element, error)
            return self.encode(value, attributes)
        except Unfit as fault:
            raise Violation(fault.message, path=fault.path) from fault
        except NotCompiled as fault:
            raise Violation(str(fault)) from fault
        except RecursionError as fault:
            raise Violation("is nested too deep") from fault
        text = "".join(out)
        if not text.startswith((f"{self._start} ", f"{self._start}>", f"{self._start}/")):  # zeep's prefixes
            end = min(at for at in map(text.find, " />") if at > 0)
            return f"{text[:end]}{attributes}{text[end:]}"
        declared = f"{self._start}{self._encoders.prefixes.declarations()}{attributes}"
        return declared + text[len(self._start) :]

    def element_of(self, value: Any) -> Any:
        """The value as an lxml element; raises Violation."""
        return parse(self.encode(value).encode())
