"""Signatures of built-in functions, how arguments are fitted to them, and what is said where none fits.

A signature is written ``"string:text, start position:number, length?:number"``: names and kinds; ``?`` marks
what may be left out, ``...`` the last that takes any number. A list of one item stands for the item, and one
item for a list of it (DMN 1.4, 10.3.2.9.4).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from workflows.expressions.limits import Env
from workflows.expressions.numbers import number, whole
from workflows.expressions.values import Builtin, Function, kind_of

F = TypeVar("F", bound=Callable[..., Any])
BUILTINS: dict[str, Builtin] = {}
MISFIT = object()
MANY = 10_000


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    least: int
    has_rest: bool
    run: Callable[..., Any]
    wants_env: bool

    @property
    def takes(self) -> tuple[int, int]:
        """The least and the most number of arguments."""
        return self.least, MANY if self.has_rest else len(self.names)


def builtin(name: str, signature: str, *, env: bool = False) -> Callable[[F], F]:
    """Register a function under a name with a signature; ``env`` hands it the environment first."""

    def register(run: F) -> F:
        parts = [part.strip().rsplit(":", 1) for part in signature.split(",") if part.strip()]
        names = tuple(part[0].rstrip("?.") for part in parts)
        least = sum(not part[0].endswith("?") for part in parts)
        rest = bool(parts) and parts[-1][0].endswith("...")
        made = Signature(names, tuple(part[1] for part in parts), least, rest, run, env)
        BUILTINS.setdefault(name, Builtin(name, [])).signatures.append(made)
        return run

    return register


def why_not(function: Builtin, count: int, names: tuple[str, ...]) -> str:
    """Why a call can never fit, or ""."""
    for signature in function.signatures:
        if (
            names
            and set(names) <= set(signature.names)
            and set(signature.names[: signature.least]) <= set(names)
        ):
            return ""
        least, most = signature.takes
        if not names and least <= count <= most:
            return ""
    ways = " or ".join(f"{function.name}({', '.join(one.names)})" for one in function.signatures)
    return f"{function.name} is called as {ways}"


def call(function: Builtin, arguments: list[Any], names: tuple[str, ...], env: Env) -> Any:
    """Call by position or by name; null where no signature fits."""
    for signature in function.signatures:
        fitted = _by_name(signature, arguments, names) if names else arguments
        if fitted is None or not signature.takes[0] <= len(fitted) <= signature.takes[1]:
            continue
        ready = _fitted(signature, fitted)
        if ready is not None:
            return signature.run(env, *ready) if signature.wants_env else signature.run(*ready)
    return None


def _by_name(signature: Signature, arguments: list[Any], names: tuple[str, ...]) -> list[Any] | None:
    given = dict(zip(names, arguments, strict=True))
    if len(given) != len(names) or not set(given) <= set(signature.names):
        return None
    if not set(signature.names[: signature.least]) <= set(given):
        return None
    if signature.has_rest and isinstance(given.get(signature.names[-1]), list):
        rest: list[Any] = given[signature.names[-1]]
        return [given[name] for name in signature.names[:-1]] + rest
    return [given.get(name, MISFIT) for name in signature.names]


def _fitted(signature: Signature, arguments: list[Any]) -> list[Any] | None:
    ready: list[Any] = []
    for at, value in enumerate(arguments):
        kind = signature.kinds[min(at, len(signature.kinds) - 1)]
        if value is MISFIT:  # an argument by name that was left out
            ready.append(None)
            continue
        if value is None and at >= signature.least and not signature.has_rest:
            ready.append(None)
            continue
        found = fitted(kind, value)
        if found is MISFIT:
            return None
        ready.append(found)
    return ready


def fitted(kind: str, value: Any) -> Any:
    """The value as this kind of argument, or MISFIT."""
    found = _plainly(kind, value)
    if found is MISFIT and isinstance(value, list) and len(value) == 1:
        return _plainly(kind, value[0])
    return found


def _plainly(kind: str, value: Any) -> Any:
    if kind == "any":
        return value
    if kind == "list":
        if value is None:
            return MISFIT
        return value if isinstance(value, list) else [value]
    if kind == "number":
        found = number(value)
        return MISFIT if found is None else found
    if kind == "whole":
        cut = whole(value)
        return MISFIT if cut is None else cut
    if kind == "function":
        return value if isinstance(value, Function | Builtin) else MISFIT
    wanted = {"text": "string", "days": "days and time duration", "months": "years and months duration"}
    return value if kind_of(value) == wanted.get(kind, kind) else MISFIT


def caller(function: Builtin, arguments: list[Callable[[Env], Any]]) -> Callable[[Env], Any]:
    """A closure that calls a function of the language by position."""
    count = len(arguments)
    fitting = [one for one in function.signatures if one.takes[0] <= count <= one.takes[1]]
    if count != 1 or len(fitting) != 1 or fitting[0].wants_env:
        return lambda env: call(function, [argument(env) for argument in arguments], (), env)
    argument, run, kind = arguments[0], fitting[0].run, fitting[0].kinds[0]
    direct = {"list": list, "text": str, "any": object}.get(kind)

    def called(env: Env) -> Any:
        value = argument(env)
        if direct is None or not isinstance(value, direct):
            value = fitted(kind, value)
        return None if value is MISFIT else run(value)

    return called
