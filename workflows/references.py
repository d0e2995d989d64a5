"""Public references of cases: short, sayable, with a check character; `MOV-7K3Q-9XPD`."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: without I, L, O and U
LENGTH = 7
_CONFUSED = str.maketrans("ILO", "110")


def new_reference(service: str) -> str:
    """Return a fresh reference that begins with the first letters of the service's name."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    body += _check_character(body)
    return f"{service.replace('-', '')[:3].upper()}-{body[:4]}-{body[4:]}"


def normalised(typed: str) -> str | None:
    """Return a reference as it is stored from what a person typed, or None if it cannot be one."""
    letters = "".join(character for character in typed.upper() if character.isalnum())
    prefix, body = letters[:3], letters[3:].translate(_CONFUSED)
    if len(body) != LENGTH + 1 or any(character not in ALPHABET for character in body):
        return None
    if _check_character(body[:-1]) != body[-1]:
        return None
    return f"{prefix}-{body[:4]}-{body[4:]}"


def _check_character(body: str) -> str:
    """ISO/IEC 7064 MOD 37,36 scaled to this alphabet (MOD 33,32): finds every single wrong character."""
    size = len(ALPHABET)
    product = size
    for character in body:
        total = (product + ALPHABET.index(character)) % size or size
        product = total * 2 % (size + 1)
    return ALPHABET[(size + 1 - product) % size]
