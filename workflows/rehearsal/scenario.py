"""A scenario: who applies with which answers, what agencies and people say and when, and how it must end."""

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, Field, ValidationError

from workflows.definitions.words import Duration, Id, Strict, Text

JSON = dict[str, Any]
BEGINS = "2027-03-01T09:00:00+00:00"


class ScenarioWrong(Exception):
    """A file that is no scenario. Final until it is mended; the message says where."""


class Decision(Strict):
    """What an agency tells later about something that it took in."""

    status: str
    reason: str = ""
    reason_code: str = ""
    after: Duration = "P1D"


class Reply(Strict):
    """One answer of an agency to a call. Without ``after`` at once."""

    outcome: Literal["accepted", "pending", "rejected", "silent"] = "accepted"
    value: JSON = Field(default_factory=dict)
    reference: str = ""
    code: str = ""
    reason: str = ""
    after: Duration = "PT0S"
    then: Decision | None = Field(None, description="after `pending`")


class Act(Strict):
    """What people, or whoever else a step waits for, do. ``silent`` is nothing."""

    outcome: str | None = None
    reason: str = ""
    value: JSON = Field(default_factory=dict)
    after: Duration = "PT1H"
    silent: bool = False
    declines: list[str] = Field(default_factory=list, description="of a co-signature: who does not agree")
    ignores: list[str] = Field(default_factory=list, description="of a co-signature: who says nothing")


class Fault(Strict):
    """Something that goes wrong at a step: its agency is down so often, says no, or never answers."""

    step: Id
    fault: Literal["down", "rejected", "silent"]
    times: int = Field(1, ge=1, le=50)
    code: str = "fault"
    reason: str = "a chosen fault"


class Expected(Strict):
    """How it must end. What is not said is not looked at."""

    status: Literal["open", "completed", "refused", "cancelled"]
    result: str | None = None
    calls: list[str] | None = Field(None, description="tokens of all calls, in order")
    steps: dict[str, str] = Field(default_factory=dict, description="states by token")
    data: JSON = Field(default_factory=dict, description="what steps kept, by name")


class Scenario(Strict):
    """A whole scenario."""

    scenario: Id
    title: Text
    service: Id
    begins: AwareDatetime = Field(BEGINS, validate_default=True)
    data: JSON = Field(default_factory=dict, description="what the case begins with: applicant, answers …")
    agencies: dict[str, list[Reply]] = Field(
        default_factory=dict, description="by `connection.operation` or a step's id; the last answer repeats"
    )
    people: dict[Id, list[Act]] = Field(default_factory=dict, description="by step; the last one repeats")
    faults: list[Fault] = Field(default_factory=list)
    expect: Expected | None = None


def read(path: Path) -> Scenario:
    """Read a scenario file; raises ScenarioWrong and OSError."""
    try:
        return Scenario.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        parts = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise ScenarioWrong(f"{path.name}: {'; '.join(parts)}") from error
    except ValueError as error:
        raise ScenarioWrong(f"{path.name}: {error}") from error


def write(scenario: Scenario, path: Path) -> None:
    """Write a scenario so that it can be re-run."""
    told = scenario.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
