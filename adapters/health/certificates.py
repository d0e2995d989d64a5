"""Until when the certificates that a connection keeps are good: our own, and those its agency is known by."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from cryptography import x509

MARK = "-----BEGIN CERTIFICATE-----"


def ends(credentials: Mapping[str, str]) -> Iterator[tuple[str, datetime | None]]:
    """Each credential that holds certificates, with the moment it ends to be of use, None where unreadable.

    Of several certificates (an agency's old one and its next) the one that lasts longest counts; of our own,
    the first, which is the one that we prove ourselves with.
    """
    for name, text in sorted(credentials.items()):
        if MARK not in text:
            continue
        try:
            found = [one.not_valid_after_utc for one in x509.load_pem_x509_certificates(text.encode())]
        except ValueError:
            yield name, None
        else:
            yield name, found[0] if name.startswith(("signing", "client")) else max(found)
