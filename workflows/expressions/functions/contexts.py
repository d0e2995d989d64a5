"""Context functions (table 80)."""

from typing import Any

from workflows.expressions.functions.registry import builtin
from workflows.expressions.limits import fitting_list


@builtin("get value", "m:context, key:text")
def get_value(context: dict[str, Any], key: str) -> Any:
    """The entry of this name."""
    return context.get(key)


@builtin("get value", "context:context, key:text")
def get_value_named(context: dict[str, Any], key: str) -> Any:
    """The entry of this name."""
    return context.get(key)


@builtin("get value", "context:context, keys:list")
def get_value_deep(context: dict[str, Any], keys: list[Any]) -> Any:
    """The entry at the end of a row of names."""
    found: Any = context
    for key in keys:
        found = found.get(key) if isinstance(found, dict) and isinstance(key, str) else None
    return found if keys else None


@builtin("get entries", "m:context")
@builtin("get entries", "context:context")
def get_entries(context: dict[str, Any]) -> list[dict[str, Any]]:
    """A list of ``{key, value}``."""
    return [{"key": key, "value": value} for key, value in context.items() if isinstance(key, str)]


@builtin("context", "entries:list")
def context(entries: list[Any]) -> dict[str, Any] | None:
    """A context of a list of ``{key, value}``; null where a key is no text or there twice."""
    made: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, dict) or "value" not in entry or not isinstance(entry.get("key"), str):
            return None
        if entry["key"] in made:
            return None
        made[entry["key"]] = entry["value"]
    return made


@builtin("context put", "context:context, key:text, value:any")
def context_put(context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """The context with an entry set."""
    return {**context, key: value}


@builtin("context put", "context:context, keys:list, value:any")
def context_put_deep(context: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any] | None:
    """The context with an entry set at the end of a row of names."""
    if not keys or len(keys) > 50 or not all(isinstance(key, str) for key in keys):
        return None
    first, rest = keys[0], keys[1:]
    if not rest:
        return {**context, first: value}
    inner = context.get(first)
    if inner is not None and not isinstance(inner, dict):
        return None
    deeper = context_put_deep(inner or {}, rest, value)
    return None if deeper is None else {**context, first: deeper}


@builtin("context merge", "contexts:list")
def context_merge(contexts: list[Any]) -> dict[str, Any] | None:
    """One context of many; later entries win."""
    if not all(isinstance(one, dict) for one in contexts):
        return None
    made: dict[str, Any] = {}
    for one in contexts:
        made.update(one)
        fitting_list(list(made))
    return made
