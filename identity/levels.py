"""Levels of assurance, as the URIs of the eIDAS regulation: how sure we are of who is asking.

Implementing Regulation (EU) 2015/1502; the URIs are those of the eIDAS message format, also used as `acr`.
"""

LOW = "http://eidas.europa.eu/LoA/low"
SUBSTANTIAL = "http://eidas.europa.eu/LoA/substantial"
HIGH = "http://eidas.europa.eu/LoA/high"

ORDER = (LOW, SUBSTANTIAL, HIGH)
NAMES = {"low": LOW, "substantial": SUBSTANTIAL, "high": HIGH}
CHOICES = [(uri, name) for name, uri in NAMES.items()]


def reaches(have: str, need: str) -> bool:
    """Return whether level ``have`` is at least level ``need``; an unknown level reaches nothing."""
    if have not in ORDER or need not in ORDER:
        return False
    return ORDER.index(have) >= ORDER.index(need)


def up_to(highest: str) -> list[str]:
    """Return the levels from low up to ``highest``; none if it is unknown."""
    return [level for level in ORDER if reaches(highest, level)]


def lowest(*held: str) -> str:
    """Return the lowest of several levels: what a chain of proofs is worth."""
    return min(held, key=ORDER.index)


def name(uri: str) -> str:
    """Return the short name of a level ("substantial"), or "" if it is unknown."""
    return next((word for word, known in NAMES.items() if known == uri), "")


def least_acceptable(requested: list[str]) -> str | None:
    """Return the lowest acceptable level of a list of acr values, or None if it names none we know.

    `acr_values` lists what the client would accept, so the lowest known one is what must be reached.
    """
    known = [level for level in ORDER if level in requested]
    return known[0] if known else None
