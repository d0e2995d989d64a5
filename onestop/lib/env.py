"""Reading settings from the environment, failing loudly with a hint.

A secret may come from a file: ``NAME_FILE=/run/secrets/x`` is read where ``NAME`` is absent.
"""

import os
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


class SettingError(Exception):
    """A setting is absent or cannot be read. Final: the process must not start."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__(f"{name}: {hint}")
        self.name = name
        self.hint = hint


def text(name: str, default: str | None = None, *, environ: Mapping[str, str] = os.environ) -> str:
    """Return the setting as text, from ``NAME`` or the file named by ``NAME_FILE``."""
    if name in environ:
        return environ[name]
    path = environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingError(name, f"the file {path} cannot be read ({error.strerror})") from error
    if default is None:
        raise SettingError(name, f"is not set; set {name} or {name}_FILE")
    return default


def flag(name: str, default: bool, *, environ: Mapping[str, str] = os.environ) -> bool:
    """Return the setting as yes or no; any word but the known ones is an error."""
    value = text(name, "1" if default else "0", environ=environ).strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise SettingError(name, f"is {value!r}; say 1 or 0")


def whole(name: str, default: int, *, low: int = 0, environ: Mapping[str, str] = os.environ) -> int:
    """Return the setting as a whole number of at least ``low``."""
    value = text(name, str(default), environ=environ)
    try:
        number = int(value)
    except ValueError as error:
        raise SettingError(name, f"is {value!r}; say a whole number") from error
    if number < low:
        raise SettingError(name, f"is {number}; the least is {low}")
    return number


def words(name: str, default: str = "", *, environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return a comma-separated setting as a list without blanks."""
    return [word.strip() for word in text(name, default, environ=environ).split(",") if word.strip()]


def pairs(name: str, default: str = "", *, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return ``key=value`` words as a mapping, in their order; a word without "=" fails with a hint."""
    found = {}
    for word in words(name, default, environ=environ):
        key, equals, value = word.partition("=")
        if not (key and equals and value):
            raise SettingError(name, f"has {word!r}; say key=value, with commas between")
        found[key] = value
    return found


def networks(
    name: str, default: str = "", *, environ: Mapping[str, str] = os.environ
) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return a comma-separated list of networks (``10.0.0.0/8``) or single addresses."""
    try:
        return tuple(ip_network(word) for word in words(name, default, environ=environ))
    except ValueError as error:
        raise SettingError(name, f"{error}; say networks such as 10.20.0.0/16") from error
