"""The steps that the engine takes by itself: calls, flow, decisions, notices, ends."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, model_validator

from workflows.definitions.words import (
    Block,
    Channel,
    Duration,
    Expression,
    Id,
    Messages,
    Name,
    Repair,
    Strict,
    Template,
    Text,
    Time,
)

if TYPE_CHECKING:
    from workflows.definitions.document import Step


class Undo(Strict):
    """What takes a delivery back; `input` sees what the delivery saw, and its answer."""

    operation: str
    connection: str | None = Field(None, description="without it, the delivery's own")
    input: Template = Field(default_factory=dict)
    when: Expression | None = None


class Consent(Strict):
    """What the applicant is asked before somebody is told whom no law wants told: what for, what exactly."""

    purpose: Text
    tells: Text


class Ask(Block):
    """A call to an agency: `lookup` reads, `deliver` tells."""

    kind: Literal["lookup", "deliver"]
    connection: str
    operation: str
    input: Template = Field(default_factory=dict)
    into: Name | None = None
    timeout: Time | None = None
    on_timeout: Repair | None = None
    chase: Duration | None = None
    on_rejected: Literal["continue", "end", "compensate"] | Repair = "end"
    undo: Undo | None = None
    optional: Consent | None = Field(
        None, description="told only with the applicant's consent, which can be withdrawn until it is sent"
    )
    legal_basis: str = Field("", max_length=300, description="where it is not the definition's own")
    purpose: str = Field("", max_length=300, description="where it is not the definition's own")


class Parallel(Block):
    """Branches that go on at once, until all, any, or a number of them have ended."""

    kind: Literal["parallel"]
    join: Literal["all", "any"] | Annotated[int, Field(ge=1)] = "all"
    branches: list[list["Step"]] = Field(min_length=1)


class Repeat(Block):
    """Steps walked once for each item of a list, all at once."""

    kind: Literal["repeat"]
    for_each: Expression
    as_: Name = Field(alias="as")
    at_most: int = Field(500, ge=1, le=10_000, description="a longer list stops the case before a person")
    steps: list["Step"] = Field(min_length=1)


class Loop(Block):
    """Steps walked again and again, until a condition holds after a round, or for so many rounds."""

    kind: Literal["loop"]
    until: Expression
    at_most: int = Field(ge=1, le=1000)
    on_bound: Literal["continue", "stop"] = Field(
        "stop", description="after the last round: go on, or stop before a person"
    )
    steps: list["Step"] = Field(min_length=1)


class Wait(Block):
    """Time passes: for a stated time, or until a date or moment, less or plus an offset."""

    kind: Literal["timer"]
    for_: Time | None = Field(None, alias="for")
    until: Expression | None = Field(None, description='"=" and an expression: a date or a date-time')
    offset: Duration | None = Field(None, description="added to `until`; `-P14D` is two weeks before")

    @model_validator(mode="after")
    def _one_of_two(self) -> "Wait":
        if (self.for_ is None) == (self.until is None):
            raise ValueError("a timer needs either for or until")
        if self.offset is not None and self.until is None:
            raise ValueError("an offset belongs to until")
        return self


class Rule(Strict):
    """One row of a decision; without `when` it always holds."""

    when: Expression | None = None
    set: Template
    because: str = ""


class Decide(Block):
    """The first rule that holds, or what a decision table of the definition gives."""

    kind: Literal["decide"]
    into: Name
    rules: list[Rule] = Field(default_factory=list)
    table: Id | None = Field(None, description="one of the definition's `tables`")
    given: Template = Field(default_factory=dict, description="names that the table sees besides the case's")

    @model_validator(mode="after")
    def _one_of_two(self) -> "Decide":
        if bool(self.rules) == (self.table is not None):
            raise ValueError("a decision needs either rules or a table")
        return self


class Notice(Block):
    """The applicant, or somebody else of the case, is told."""

    kind: Literal["notify"]
    template: Id | None = None
    texts: Messages = Field(default_factory=dict)
    channels: list[Channel] = Field(["portal"], min_length=1)
    to: Any = Field(None, description="an expression of personal numbers; without it, the applicant")
    data: Template = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_something(self) -> "Notice":
        if self.template is None and not self.texts:
            raise ValueError("a notice needs a template or texts")
        return self


class Compensate(Block):
    """Deliveries that are done and have an `undo` are taken back, the last first."""

    kind: Literal["compensate"]
    only: list[Id] = Field(default_factory=list, description="these steps; all where none is named")


class End(Block):
    """The case ends here. `result` names the outcome in the service's own word."""

    kind: Literal["end"]
    outcome: Literal["completed", "refused"]
    result: Id | None = None
    because: str = ""
    compensate: bool = Field(False, description="undo first what was delivered")
