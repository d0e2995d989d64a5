"""The built-in simple types of XSD 1.0 part 2: what each derives from, and its bounds."""

from adapters.xsd.components import Facets, SimpleType

_PRIMITIVE = (
    *("boolean", "decimal", "float", "double", "duration", "dateTime", "time", "date", "gYearMonth", "gYear"),
    *("gMonthDay", "gDay", "gMonth", "hexBinary", "base64Binary", "anyURI", "QName", "NOTATION"),
)
_INTEGERS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "nonNegativeInteger": (0, None),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
    "positiveInteger": (1, None),
}
INTEGERS = frozenset(_INTEGERS)
FLOATS = frozenset({"float", "double"})
QNAMES = frozenset({"QName", "NOTATION"})
BINARY = frozenset({"hexBinary", "base64Binary"})
_NAME = r"[A-Za-z_][A-Za-z0-9._\-]*"
_TOKENS: dict[str, str] = {
    "token": "",
    "language": r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
    "Name": _NAME,
    "NCName": _NAME,
    "ID": _NAME,
    "IDREF": _NAME,
    "ENTITY": _NAME,
    "NMTOKEN": r"[A-Za-z0-9._\-]+",
}
_LISTS = {"NMTOKENS": "NMTOKEN", "IDREFS": "IDREF", "ENTITIES": "ENTITY"}


def _all(uri: str) -> dict[str, SimpleType]:
    def name(local: str) -> str:
        return f"{{{uri}}}{local}"

    found = {one: SimpleType(name(one), one) for one in _PRIMITIVE}
    found["anySimpleType"] = SimpleType(name("anySimpleType"), "anySimpleType", "preserve")
    found["string"] = SimpleType(name("string"), "string", "preserve")
    found["normalizedString"] = SimpleType(name("normalizedString"), "normalizedString", "replace")
    for one, pattern in _TOKENS.items():
        facets = Facets(patterns=((pattern,),)) if pattern else Facets()
        found[one] = SimpleType(name(one), one, facets=facets)
    for one, (low, high) in _INTEGERS.items():
        facets = Facets(
            min_inclusive=None if low is None else str(low),
            max_inclusive=None if high is None else str(high),
            fraction_digits=0,
        )
        found[one] = SimpleType(name(one), one, facets=facets)
    for one, item in _LISTS.items():
        found[one] = SimpleType(name(one), one, facets=Facets(min_length=1), item=found[item])
    return found


BUILTIN = _all("http://www.w3.org/2001/XMLSchema")
