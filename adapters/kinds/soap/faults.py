"""The faults that we answer with to senders of SOAP messages. They say what is wrong, never with what."""

from xml.sax.saxutils import escape

from adapters.errors import AdapterError, NotAuthentic, NotUnderstood
from adapters.kinds.soap.envelope import SOAP_11, SOAP_12, Version
from adapters.ports import InboundAnswer, InboundHeaders
from adapters.wss.names import WSSE


def refusal(headers: InboundHeaders, error: AdapterError) -> InboundAnswer:
    """The fault for a message, in the version of SOAP that it says it is in.

    The sender is at fault for what is not authentic or not understood; all else is for us to mend.
    """
    version = SOAP_12 if "soap+xml" in headers.get("Content-Type", "") else SOAP_11
    is_sender = isinstance(error, NotAuthentic | NotUnderstood)
    code = error.code if isinstance(error, NotAuthentic) else ""
    text = error.message if is_sender else "the message cannot be taken at present"
    write = _newer if version is SOAP_12 else _older
    status = 400 if is_sender and version is SOAP_12 else 500
    body = write(is_sender, code, escape(text))
    return InboundAnswer(status, f"{version.media_type}; charset=utf-8", _enveloped(version, body))


def _enveloped(version: Version, fault: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<soap:Envelope xmlns:soap="{version.uri}" xmlns:wsse="{WSSE}"><soap:Body>{fault}</soap:Body>'
        "</soap:Envelope>"
    ).encode()


def _older(is_sender: bool, code: str, text: str) -> str:
    """SOAP 1.1 section 4.4; a security fault is its own code (WS-Security 1.1 section 12)."""
    name = f"wsse:{code}" if code else f"soap:{'Client' if is_sender else 'Server'}"
    return f"<soap:Fault><faultcode>{name}</faultcode><faultstring>{text}</faultstring></soap:Fault>"


def _newer(is_sender: bool, code: str, text: str) -> str:
    """SOAP 1.2 part 1 section 5.4."""
    subcode = f"<soap:Subcode><soap:Value>wsse:{code}</soap:Value></soap:Subcode>" if code else ""
    value = f"<soap:Value>soap:{'Sender' if is_sender else 'Receiver'}</soap:Value>"
    return (
        f"<soap:Fault><soap:Code>{value}{subcode}</soap:Code>"
        f'<soap:Reason><soap:Text xml:lang="en">{text}</soap:Text></soap:Reason></soap:Fault>'
    )
