"""Elements as answers: sampled, echoing what the request says under the same name, pinned by a script."""

from copy import deepcopy
from typing import Any

from adapters.contracts.markup import local
from adapters.contracts.violation import Violation
from adapters.samples.contract import XmlContract
from adapters.simulator.json_answers import merged, without
from adapters.simulator.pins import Pinned

MOST_ECHOES = 60


def texts(element: Any) -> dict[str, str]:
    """The texts and attributes of an element by local name, the first of each."""
    found: dict[str, str] = {}
    for one in element.iter():
        if len(one) == 0 and (one.text or "").strip():
            found.setdefault(local(one.tag), one.text.strip())
        for name, value in one.attrib.items():
            found.setdefault(local(name), value)
    return found


def answer(contract: XmlContract, name: str, known: dict[str, str], rule: Pinned, seed: int) -> Any:
    """A valid element; raises NoExample, or Violation where what a script pins breaks the contract."""
    made = contract.sample(name, full=rule.full, seed=seed)
    made = _echo(contract, made, known)
    if rule.reply or rule.absent:
        codec = contract.codecs.codec(name)
        value = codec.decode(made)
        for path in rule.absent:
            value = without(value, path)
        made = codec.element_of(merged(value, rule.reply))
        contract.validator.check(made)
    return made


def _echo(contract: XmlContract, made: Any, known: dict[str, str]) -> Any:
    """All echoes at once where the schema agrees, else one by one those with which it does."""
    places = [one for one in made.iter() if len(one) == 0 and one.text and local(one.tag) in known]
    copy = deepcopy(made)
    for one in copy.iter():
        if len(one) == 0 and one.text and local(one.tag) in known:
            one.text = known[local(one.tag)]
    if _is_valid(contract, copy):
        return copy
    for one in places[:MOST_ECHOES]:
        before, one.text = one.text, known[local(one.tag)]
        if not _is_valid(contract, made):
            one.text = before
    return made


def _is_valid(contract: XmlContract, element: Any) -> bool:
    try:
        contract.validator.check(element)
    except Violation:
        return False
    return True
