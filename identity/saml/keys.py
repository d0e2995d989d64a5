"""The portal's key towards one e-ID, with a certificate of its own, in which SAML carries public keys."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from identity.signin.errors import AnswerRefused

YEARS = 5


def new(name: str, now: datetime) -> str:
    """Make an RSA key and a certificate for it that is valid for five years; returns both in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .sign(key, hashes.SHA256())
    )
    kept = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return (kept + made.public_bytes(serialization.Encoding.PEM)).decode()


def certificate(held: str) -> x509.Certificate:
    """The certificate beside a key; AnswerRefused("key") where there is none."""
    try:
        return x509.load_pem_x509_certificate(held.encode())
    except ValueError as error:
        raise AnswerRefused("key", "no certificate is kept for this e-ID") from error


def sign(held: str, message: bytes) -> bytes:
    """Sign by RSA with SHA-256 (PKCS #1 1.5), as the redirect binding wants it."""
    key = serialization.load_pem_private_key(held.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise AnswerRefused("key", "the key kept for this e-ID is not RSA")
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
