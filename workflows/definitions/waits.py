"""The steps that wait for somebody: officers, co-signers, strangers, agencies, payers, bookings."""

from typing import Any, Literal

from pydantic import Field

from workflows.definitions.pages import Page, Question
from workflows.definitions.words import (
    Block,
    Expression,
    Id,
    Messages,
    Name,
    OnTimeout,
    Reminder,
    Strict,
    Template,
    Text,
    Time,
    Waiting,
)


class HumanTask(Block):
    """A unit's caseworkers decide. With `four_eyes`, somebody else of the unit confirms the decision."""

    kind: Literal["task"]
    unit: str
    task: Id
    into: Name
    reason: str = ""
    show: Template = Field(default_factory=dict)
    outcomes: list[str] = Field(min_length=1)
    within: Time | None = None
    on_timeout: OnTimeout | None = Field(None, description="without it, an overdue task stays in its queue")
    remind: list[Reminder] = Field(default_factory=list, max_length=10)
    skills: list[Id] = Field(default_factory=list, description="what a caseworker must be able to do")
    four_eyes: bool | list[str] = Field(False, description="always, or for these outcomes")
    priority: int = Field(5, ge=1, le=9, description="1 is the most urgent")


class CoSign(Waiting):
    """People agree or decline with their own sign-in, within a time."""

    kind: Literal["cosign"]
    people: Expression
    into: Name


class Link(Waiting):
    """Somebody without an account answers by a link that works once and until the time is up."""

    kind: Literal["link"]
    to: Template = Field(description="`email` or `telephone` of the person")
    role: Text = Field(description="what the person is to the case: Landlord, Doctor")
    texts: Messages = Field(min_length=1, description="what the person reads, by language")
    show: Template = Field(default_factory=dict, description="facts of the case that the person may see")
    fields: list[Question] = Field(default_factory=list)
    outcomes: list[Id] = Field(default_factory=lambda: ["confirmed", "denied"], min_length=1)
    labels: dict[str, Text] = Field(
        default_factory=dict,
        description="what people read for an outcome or a fact of `show`; a fact without one is not listed",
    )
    into: Name


class AwaitEvent(Waiting):
    """An agency tells something: a CloudEvent of a type, about what `match` names."""

    kind: Literal["event"]
    from_: str = Field(alias="from", description="the agency that tells")
    type: Text
    match: Expression = Field(description='"=" and an expression: the value that the event must carry')
    by: str = Field("subject", description="where the event carries it: `subject`, or `data.` and a path")
    into: Name | None = None


class Questions(Waiting):
    """Somebody of the case answers further pages; without `who` it is the applicant."""

    kind: Literal["questions"]
    pages: list[Page] = Field(min_length=1)
    who: Any = Field(None, description="an expression: the personal number of who answers")
    texts: Messages = Field(default_factory=dict, description="what the person is told, by language")
    into: Name


class Payment(Waiting):
    """A fee is paid. Without a configured provider a person of `unit` says whether it was."""

    kind: Literal["payment"]
    amount: Any = Field(description="a number or an expression, in the currency's main unit")
    currency: str = Field("EUR", pattern=r"^[A-Z]{3}$")
    subject: Text = Field(description="what is paid for")
    provider: Id | None = Field(None, description="without it, the portal's own")
    unit: str = Field(description="who books the payment where there is no provider")
    refund_on_undo: bool = True
    into: Name


class Appointment(Waiting):
    """A time is booked with a unit. Without a configured provider a person of the unit books it."""

    kind: Literal["appointment"]
    unit: str
    subject: Text
    minutes: int = Field(30, ge=5, le=480)
    place: Any = Field(None, description="an address, or an expression that gives one")
    provider: Id | None = None
    into: Name


class SubService(Block):
    """Another service's case begins; this one waits for its end, or does not."""

    kind: Literal["service"]
    service: Id
    answers: Template = Field(default_factory=dict)
    data: Template = Field(default_factory=dict, description="names that the other case's steps see besides")
    applicant: Any = Field(None, description="an expression: another person's number; they must be known")
    waits: bool = True
    within: Time | None = None
    on_timeout: OnTimeout = "continue"
    remind: list[Reminder] = Field(default_factory=list, max_length=10)
    into: Name | None = None


class Fact(Strict):
    """One labelled value of a document."""

    label: Text
    value: Any = Field(description="a value, or an expression; a null leaves the fact out")


class MakeDocument(Block):
    """A PDF/A is made, kept with the case and shown to its people."""

    kind: Literal["document"]
    name: Text = Field(description="what the file is called")
    texts: Messages = Field(min_length=1, description="title and text, by language; `{name}` is of `data`")
    data: Template = Field(default_factory=dict)
    facts: list[Fact] = Field(default_factory=list, description="shown below the text, in this order")
    attach: Template = Field(default_factory=dict, description="the data inside the document, for machines")
    author: str = Field("", description="the unit that issues it; without it, the portal")
    sign: bool = Field(False, description="with the key of the unit's connection")
    into: Name | None = None
