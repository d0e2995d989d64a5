"""How a complex type lies in a JSON object: which element is which member, and where order must be kept.

Elements are members by local name, lists where they can repeat. A part in which elements of several names can
come again (a repeated choice or sequence, mixed text, a wildcard, a repeated substitution group) is a *run*:
the member ``_value_1`` (``_value_2`` …) holds a list in document order. Names are those zeep uses.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.xsd.components import UNBOUNDED, ComplexType, Element, Group, Particle, Use, Wildcard
from adapters.xsd.model import Model


@dataclass(frozen=True, slots=True)
class Field:
    """One element as a member of the object."""

    key: str
    element: Element
    many: bool
    required: bool


@dataclass(slots=True)
class Run:
    """A list in document order. ``rounds``: each item is one round of a repeated sequence."""

    key: str
    fields: list[Field] = field(default_factory=list)
    wildcards: list[Wildcard] = field(default_factory=list)
    rounds: bool = False
    mixed: bool = False

    @property
    def most(self) -> int:
        """How many elements it can hold where it is one wildcard, else no limit."""
        return self.wildcards[0].maximum if len(self.wildcards) == 1 and not self.fields else UNBOUNDED


@dataclass(slots=True)
class Shape:
    """The members of an object: fields and runs in the order in which they are written."""

    parts: list[Field | Run]
    attributes: dict[str, str]  # attribute tag -> member


@dataclass(frozen=True, slots=True)
class _Loose:
    """A field or run before it has a key."""

    elements: tuple[Element, ...] = ()
    many: bool = False
    required: bool = False
    run: Group | Wildcard | Use | None = None

    @property
    def tags(self) -> set[str]:
        return {one.tag for one in self.elements}


def of(model: Model, type_: ComplexType) -> Shape:
    """The shape of a type; raises NotCompiled."""
    names = _Names()
    parts: list[Field | Run] = []
    if type_.content is not None:
        loose = list(_parts(model, type_.content, True))
        ordered = None if type_.mixed else _ordered(loose, type_.content)
        if ordered is None:
            parts = [_run(model, names, type_.content, mixed=type_.mixed)]
        else:
            parts = [_kept(model, names, one) for one in ordered]
    elif type_.mixed:
        parts = [
            Run(names.unnamed(), mixed=True, wildcards=[Wildcard("##any", "lax", "")] if type_.is_any else [])
        ]
    elif type_.simple is not None:
        names.unnamed()
    return Shape(parts, {one.tag: names.attribute(one.name) for one in type_.attributes})


class _Names:
    """Keeps the members of one object apart."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self.runs = 0

    def unnamed(self) -> str:
        self.runs += 1
        return f"_value_{self.runs}"

    def element(self, local: str) -> str:
        name, number = local, 0
        while name in self.taken:
            number += 1
            name = f"{local}__{number}"
        self.taken.add(name)
        return name

    def attribute(self, local: str) -> str:
        return self.element(f"attr__{local}" if local in self.taken else local)


def _parts(model: Model, particle: Particle, required: bool) -> Iterator[_Loose]:
    if isinstance(particle, Wildcard):
        yield _Loose(run=particle)
    elif isinstance(particle, Use):
        yield from _use(model, particle, required)
    elif particle.maximum != 1:
        yield from _repeated(model, particle)
    else:
        must = required and particle.minimum > 0 and particle.kind != "choice"
        for inner in particle.particles:
            yield from _parts(model, inner, must)


def _use(model: Model, use: Use, required: bool) -> Iterator[_Loose]:
    members = model.substitutes(use.element)
    if len(members) > 1 and use.maximum != 1:
        yield _Loose(tuple(members), run=use)
        return
    for one in members:
        yield _Loose((one,), use.maximum != 1, required and use.minimum > 0 and len(members) == 1)


def _repeated(model: Model, group: Group) -> Iterator[_Loose]:
    inner = [one for particle in group.particles for one in _parts(model, particle, True)]
    elements = {element.tag: element for one in inner for element in one.elements}
    if len(elements) == 1 and not any(one.run for one in inner):
        must = group.minimum > 0 and any(one.required for one in inner)
        yield _Loose(tuple(elements.values()), True, must and group.kind != "choice")
    elif inner:
        yield _Loose(tuple(elements.values()), run=group)


def _ordered(loose: list[_Loose], content: Group) -> list[_Loose] | None:
    """The parts in an order that every message keeps, equal elements made one; None if there is none."""
    seen: dict[str, _Loose] = {}
    double = False
    for one in loose:
        for tag in one.tags:
            if tag in seen:
                if one.run or seen[tag].run:
                    return None
                double = True
            seen[tag] = one
    return _merged(loose, content) if double else loose


def _merged(loose: list[_Loose], content: Group) -> list[_Loose] | None:
    if any(one.run for one in loose):
        return None  # runs have no single place: keep everything in order instead
    before: set[tuple[str, str]] = set()
    _tags_of(content, before)
    waiting = list(dict.fromkeys(one.elements[0].tag for one in loose))
    result: list[_Loose] = []
    while waiting:
        free = [tag for tag in waiting if not any((x, tag) in before for x in waiting if x != tag)]
        if not free:
            return None
        waiting.remove(free[0])
        same = [one for one in loose if one.elements[0].tag == free[0]]
        many = any(one.many for one in same) or (free[0], free[0]) in before
        result.append(_Loose(same[0].elements, many, any(one.required for one in same)))
    return result


def _tags_of(particle: Particle, before: set[tuple[str, str]]) -> set[str]:
    """The tags below, noting which can stand before which."""
    if isinstance(particle, Use):
        return {particle.element.tag}
    if isinstance(particle, Wildcard):
        return set()
    found: set[str] = set()
    for inner in particle.particles:
        tags = _tags_of(inner, before)
        if particle.kind == "sequence":
            before.update((x, y) for x in found for y in tags)
        found |= tags
    return found


def _kept(model: Model, names: _Names, one: _Loose) -> Field | Run:
    if one.run is not None:
        return _run(model, names, one.run)
    element = one.elements[0]
    return Field(names.element(element.name), element, one.many, one.required)


def _run(model: Model, names: _Names, particle: Particle, *, mixed: bool = False) -> Run:
    run = Run(names.unnamed(), mixed=mixed)
    inner = _Names()
    _collect(model, particle, run, inner, {})
    run.rounds = (
        not mixed
        and not run.wildcards
        and isinstance(particle, Group)
        and particle.maximum != 1
        and particle.kind == "sequence"
        and all(
            isinstance(one, Use) and len(model.substitutes(one.element)) == 1 for one in particle.particles
        )
        and len(run.fields) == len(particle.particles)
    )
    return run


def _collect(model: Model, particle: Particle, run: Run, names: _Names, seen: dict[str, str]) -> None:
    if isinstance(particle, Wildcard):
        run.wildcards.append(particle)
    elif isinstance(particle, Group):
        for inner in particle.particles:
            _collect(model, inner, run, names, seen)
    else:
        for one in model.substitutes(particle.element):
            if one.tag not in seen:
                seen[one.tag] = names.element(one.name)
                must = particle.minimum > 0
                run.fields.append(Field(seen[one.tag], one, particle.maximum != 1, must))
