"""SOAP 1.1 over HTTP, described by a WSDL 1.1: document/literal and rpc/encoded."""
