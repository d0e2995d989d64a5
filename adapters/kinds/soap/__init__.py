"""SOAP 1.1 and 1.2 over HTTP, described by a WSDL 1.1: document and rpc, literal and encoded."""
