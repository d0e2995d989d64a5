"""X-Road: SOAP 4.0 and REST /r1 messages through a security server, around the SOAP and REST kinds."""
