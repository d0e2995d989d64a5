"""JSON values as answers: sampled, echoing what the request says, pinned by a script."""

from typing import Any


def echoed(value: Any, known: dict[str, Any]) -> Any:
    """A sampled JSON value with the fields that the request names too taken from there."""
    if isinstance(value, dict):
        return {
            name: known[name] if name in known and _is_like(one, known[name]) else echoed(one, known)
            for name, one in value.items()
        }
    return [echoed(one, known) for one in value] if isinstance(value, list) else value


def _is_like(one: Any, other: Any) -> bool:
    return type(one) is type(other) and not isinstance(one, dict | list)


def leaves(value: Any, found: dict[str, Any] | None = None) -> dict[str, Any]:
    """The single values of a JSON value by their own name, the first of each name."""
    found = {} if found is None else found
    if isinstance(value, dict):
        for name, one in value.items():
            if isinstance(one, dict | list):
                leaves(one, found)
            else:
                found.setdefault(name, one)
    elif isinstance(value, list):
        for one in value:
            leaves(one, found)
    return found


def merged(value: Any, pinned: Any) -> Any:
    """A sampled value with what a script pins put over it, member by member."""
    if isinstance(value, dict) and isinstance(pinned, dict):
        return {**value, **{name: merged(value.get(name), one) for name, one in pinned.items()}}
    return pinned


def place(value: dict[str, Any], steps: tuple[str, ...], text: Any) -> None:
    """Put a value at a path of members."""
    for one in steps[:-1]:
        value = value.setdefault(one, {})
    value[steps[-1]] = text


def at(value: Any, steps: tuple[str, ...]) -> Any:
    """What stands at a path of members, None where nothing does."""
    for one in steps:
        value = value.get(one) if isinstance(value, dict) else None
    return value


def without(value: Any, steps: tuple[str, ...]) -> Any:
    """A value without what stands at a path, nor the members that held nothing else."""
    if not isinstance(value, dict) or steps[0] not in value:
        return value
    inner = without(value[steps[0]], steps[1:]) if len(steps) > 1 else None
    rest = {name: one for name, one in value.items() if name != steps[0]}
    return rest if inner in (None, {}) else {**rest, steps[0]: inner}
