"""The words that every part of a definition is made of: names, texts, expressions, times."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Expression = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Duration = Annotated[str, StringConstraints(pattern=r"^-?P(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Template = dict[str, Any]  # values beginning with "=" are expressions
Channel = Literal["portal", "email", "sms", "letter"]


class Strict(BaseModel):
    """No word that the schema does not know."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Term(Strict):
    """A legal time, counted on a calendar from the day after it begins; it ends with its last day."""

    years: int = Field(0, ge=0, le=100)
    months: int = Field(0, ge=0, le=1200)
    days: int = Field(0, ge=0, le=3660)
    working_days: int = Field(0, ge=0, le=1000, description="days that are neither weekend nor holiday")
    calendar: Id | None = Field(None, description="a legal calendar; without it, the definition's")
    rolls: bool = Field(True, description="an end on a day off moves to the next working day")
    at: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None = Field(
        None, description="a time of the last day; without it, the day's end"
    )

    @model_validator(mode="after")
    def _has_a_length(self) -> "Term":
        if not (self.years or self.months or self.days or self.working_days):
            raise ValueError("a term needs years, months, days or working_days")
        return self


Time = Duration | Term


class Repair(Strict):
    """Who looks at a step that stuck: a unit, and the kind of question that it gets."""

    unit: str
    task: Id


class Reminder(Strict):
    """Somebody is told again while the step waits: so long after it began, or so long before its end."""

    after: Time | None = None
    before: Duration | None = None
    template: Id = "reminder"
    texts: "Messages" = Field(default_factory=dict, description="without it, the portal's of `template`")

    @model_validator(mode="after")
    def _one_of_two(self) -> "Reminder":
        if (self.after is None) == (self.before is None):
            raise ValueError("a reminder needs either after or before")
        return self


class Message(Strict):
    """A text of a definition's own in one language; `{name}` stands for a value of `data`."""

    title: Text
    text: Annotated[str, StringConstraints(max_length=4000)] = ""


Messages = dict[Language, Message]
Reminder.model_rebuild()
OnTimeout = Literal["continue", "end", "compensate"] | Repair


class Block(Strict):
    """What every step has."""

    id: Id
    title: Text | None = Field(None, description="what people and pictures call the step")
    when: Expression | None = Field(None, description="the step is passed over unless this is true")


class Waiting(Block):
    """What every step has that waits for somebody: until when, who is reminded, and what happens then."""

    within: Time
    remind: list[Reminder] = Field(default_factory=list, max_length=10)
    on_timeout: OnTimeout = Field(
        "continue", description="`continue` keeps `{timedOut: true}`; a unit is asked, or the case ends"
    )
