"""Definitions for tests of flows: all of the repository, and any number made by chance from a seed."""

from pathlib import Path
from random import Random
from typing import Any

from workflows.definitions.checks.flow import always_ends
from workflows.definitions.loading import parsed

JSON = dict[str, Any]
ROOT = Path(__file__).resolve().parents[3]
FILES = sorted(
    path
    for folder in ("workflows", "onestop", "adapters", "tests")
    for path in (ROOT / folder).rglob("*.v*.json")
    if '"steps"' in path.read_text(encoding="utf-8") and "states" not in path.parts
)
CONDITIONS = ['npr.status = "unsure"', "count(answers.movers) > 1", "answers.sum <= 900", "paid != null"]
REPAIR = {"unit": "npr", "task": "delivery-rejected"}


def every_definition() -> list[JSON]:
    """Each definition that lies in the repository."""
    return [parsed(path) for path in FILES]


def by_chance(seed: int, most: int = 80) -> JSON:
    """A definition of up to so many steps, of every kind, nested in every way."""
    chance = Random(seed)
    made = _Making(chance, chance.randint(3, most))
    return {
        "service": f"service-{seed}",
        "version": seed % 7 + 1,
        "title": f"Service <{seed}> & “more”",
        "level": "http://eidas.europa.eu/LoA/substantial",
        "begins": chance.choice(["citizen", "event", "service", "appeal"]),
        "given": {"fee": seed},
        "steps": made.row(0, chance.randint(3, 12)),
    }


class _Making:
    def __init__(self, chance: Random, left: int) -> None:
        self.chance = chance
        self.left = left
        self.number = 0

    def row(self, deep: int, most: int) -> list[JSON]:
        blocks = []
        for _ in range(self.chance.randint(1, most)):
            blocks.append(self.block(deep))
            if always_ends(blocks[-1]):
                break
        return blocks

    def block(self, deep: int) -> JSON:
        self.left -= 1
        self.number += 1
        kinds = list(_KINDS)
        if self.left > 0 and deep < 4:
            kinds += ["parallel", "repeat", "loop"] * 3
        kind = self.chance.choice(kinds)
        block: JSON = {"id": f"step-{self.number}", "kind": kind}
        if self.chance.random() < 0.3:
            block["title"] = self.chance.choice(["Go <on> & “wait”", "A rather long title " * 5, "عنوان"])
        if self.chance.random() < 0.3:
            block["when"] = self.chance.choice(CONDITIONS)
        if kind == "end" and self.chance.random() < 0.8:
            block["when"] = CONDITIONS[0]
        block |= self._more(kind, deep)
        return block

    def _more(self, kind: str, deep: int) -> JSON:
        chance = self.chance
        if kind == "parallel":
            branches = [self.row(deep + 1, 3) for _ in range(chance.randint(1, 5))]
            if chance.random() < 0.2:
                branches.append([])
            join = chance.choice(["all", "any", 1])
            return {"join": join, "branches": branches} if join != "all" else {"branches": branches}
        if kind == "repeat":
            return {"as": "one", "for_each": "=answers.movers", "steps": self.row(deep + 1, 3)}
        if kind == "loop":
            return {"until": "reply.ok = true", "at_most": 3, "steps": self.row(deep + 1, 3)}
        return {**_KINDS[kind], **self._times(kind)}

    def _times(self, kind: str) -> JSON:
        chance = self.chance
        made: JSON = {}
        if kind == "deliver":
            if chance.random() < 0.5:
                made["undo"] = {"operation": "withdraw", "input": {"number": "=told.number"}}
            if chance.random() < 0.5:
                made |= {"timeout": "PT36H", "on_timeout": REPAIR}
            if chance.random() < 0.5:
                made["on_rejected"] = chance.choice(["continue", "end", "compensate", REPAIR])
        if kind in ("cosign", "questions", "event", "payment", "appointment", "task"):
            made["within"] = chance.choice(["P7D", {"working_days": 5}])
            if chance.random() < 0.5:
                made["on_timeout"] = chance.choice(["continue", "end", "compensate", REPAIR])
        return made


FIELD = {"name": "name", "kind": "text", "label": "Name", "path": "name", "required": True}
_TEXTS = {"en": {"title": "Told", "text": "You get {sum}."}}
_KINDS: dict[str, JSON] = {
    "lookup": {"connection": "npr", "operation": "get_household", "into": "home"},
    "deliver": {"connection": "tax", "operation": "update", "into": "told"},
    "decide": {"into": "decision", "rules": [{"when": "a > 1", "set": {"ok": True}}, {"set": {"ok": False}}]},
    "notify": {"texts": _TEXTS},
    "task": {"unit": "npr", "task": "judge", "into": "judged", "outcomes": ["yes", "no"]},
    "cosign": {"people": "=answers.movers", "into": "cosigned"},
    "questions": {"pages": [{"id": "p", "title": "P", "fields": [FIELD]}], "into": "more"},
    "event": {"from": "hos", "type": "hos.birth", "match": "=applicant.id", "into": "birth"},
    "payment": {"amount": 20, "subject": "Fee", "unit": "brg", "into": "paid"},
    "appointment": {"unit": "brg", "subject": "Visit", "into": "visit"},
    "timer": {"for": "P7D"},
    "document": {"name": "Decision", "texts": _TEXTS},
    "service": {"service": "parking"},
    "compensate": {},
    "end": {"outcome": "refused", "result": "too-late"},
}
