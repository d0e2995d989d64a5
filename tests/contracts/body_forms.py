"""One contract for each form that a Body can have beside the plain one: a single global element."""

from tests.contracts.writing import binding, bound, definitions, message, operation, schema, service

ENCODED_11 = 'use="encoded" namespace="urn:t" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'
ENCODED_12 = 'use="encoded" namespace="urn:t" encodingStyle="http://www.w3.org/2003/05/soap-encoding"'
LITERAL = 'use="literal" namespace="urn:t"'
ENC_11 = 'xmlns:enc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"'
ENC_12 = 'xmlns:enc="http://www.w3.org/2003/05/soap-encoding" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"'
PERSON = (
    '<xs:complexType name="Person"><xs:sequence><xs:element name="number" type="xs:string"/>'
    '<xs:element name="born" type="xs:date"/></xs:sequence></xs:complexType>'
    '<xs:complexType name="Answer"><xs:sequence><xs:element name="householdID" type="xs:string"/>'
    '<xs:element name="size" type="xs:int"/></xs:sequence></xs:complexType>'
)
ARRAY_11 = (
    '<xs:import namespace="http://schemas.xmlsoap.org/soap/encoding/"/><xs:complexType name="Persons">'
    '<xs:complexContent><xs:restriction base="enc:Array"><xs:attribute ref="enc:arrayType" '
    'wsdl:arrayType="o:Person[]"/></xs:restriction></xs:complexContent></xs:complexType>'
)
ARRAY_12 = (
    '<xs:import namespace="http://www.w3.org/2003/05/soap-encoding"/><xs:complexType name="Persons">'
    '<xs:complexContent><xs:restriction base="enc:Array"><xs:sequence><xs:element name="person" '
    'type="o:Person" maxOccurs="unbounded"/></xs:sequence></xs:restriction></xs:complexContent>'
    "</xs:complexType>"
)
ELEMENTS = (
    '<xs:element name="Who" type="o:Person"/><xs:element name="Why" type="xs:string"/>'
    '<xs:element name="Found" type="o:Answer"/><xs:element name="Remark" type="xs:string"/>'
)
STRUCT = '<xs:element name="Register"><xs:complexType><xs:attribute name="x"/></xs:complexType></xs:element>'
PORT_TYPE = f'<portType name="P">{operation("Register", "In", "Out")}</portType>'


def _contract(
    asked: tuple[str, ...],
    answered: tuple[str, ...],
    body: str,
    *,
    soap: str = "soap",
    style: str = "document",
    more: str = "",
    attributes: str = "",
) -> str:
    own = bound("Register", soap=soap, body=body)
    text = message("In", *asked) + message("Out", *answered) + PORT_TYPE
    text += binding("B", "P", own, soap=soap, style=style) + service(s=f"B {soap}")
    return definitions(text, schema(more + PERSON, "urn:t", attributes))


_TYPED = ("who type=t:Person", "why type=xs:string")
_MANY = ("group type=t:Persons", "why type=xs:string")
_ANSWER = ("found type=t:Answer",)
FORMS = {
    "document_encoded": _contract(_TYPED, _ANSWER, ENCODED_11),
    "document_encoded_array": _contract(_MANY, _ANSWER, ENCODED_11, more=ARRAY_11, attributes=ENC_11),
    "document_encoded_12": _contract(_TYPED, _ANSWER, ENCODED_12, soap="soap12"),
    "rpc_encoded_12": _contract(
        _MANY, _ANSWER, ENCODED_12, soap="soap12", style="rpc", more=ARRAY_12, attributes=ENC_12
    ),
    "parts": _contract(
        ("a element=t:Who", "b element=t:Why"),
        ("a element=t:Found", "b element=t:Remark"),
        'use="literal"',
        more=ELEMENTS,
    ),
    "type": _contract(("p type=t:Person",), ("p type=t:Answer",), 'use="literal"'),
    "text": _contract(("p type=xs:int",), ("p type=xs:date",), 'use="literal"'),
    "rpc_shared_name": _contract(_TYPED, _ANSWER, LITERAL, style="rpc", more=STRUCT),
    "rpc_encoded_shared_name": _contract(_TYPED, _ANSWER, ENCODED_11, style="rpc", more=STRUCT),
}
