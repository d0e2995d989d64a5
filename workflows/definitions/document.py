"""A whole definition: pydantic models that check a document and generate its published JSON Schema.

The schema is version 2 of the definition format; a document of version 1 is one of version 2 as well.
"""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from workflows.definitions.blocks import (
    Ask,
    Compensate,
    Decide,
    End,
    Loop,
    Notice,
    Parallel,
    Repeat,
    Wait,
)
from workflows.definitions.pages import Page, Prefill
from workflows.definitions.waits import (
    Appointment,
    AwaitEvent,
    CoSign,
    HumanTask,
    Link,
    MakeDocument,
    Payment,
    Questions,
    SubService,
)
from workflows.definitions.words import Duration, Expression, Id, Strict, Template, Text

SCHEMA_VERSION = 2
JSON = dict[str, Any]


class Appeal(Strict):
    """To whom a refusal can be appealed: the service that begins then, and how long it can."""

    service: Id
    within: Duration


class Line(Strict):
    """One line on the case's page: an agency and the steps that tell it."""

    id: Id
    connection: str
    steps: list[Id] = Field(min_length=1)
    when: Expression | None = None


class Start(Strict):
    """The event that begins a case, without an application: who tells it, and whose case it is."""

    from_: str = Field(alias="from", description="the agency that tells")
    type: Text
    applicant: Expression = Field(description="an expression over `event`: a person, or a personal number")
    when: Expression | None = Field(None, description="only events for which this is true")
    once: Expression | None = Field(None, description="of what there is one case; without it, of the event")


Step = Annotated[
    Ask
    | Parallel
    | Repeat
    | Loop
    | CoSign
    | Link
    | AwaitEvent
    | Questions
    | HumanTask
    | Wait
    | Payment
    | Appointment
    | Decide
    | Notice
    | MakeDocument
    | SubService
    | Compensate
    | End,
    Field(discriminator="kind"),
]


class Document(Strict):
    """A whole definition."""

    model_config = ConfigDict(
        json_schema_extra={
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:onestop:definition:{SCHEMA_VERSION}",
        }
    )

    schema_: str | None = Field(None, alias="$schema")
    service: Id
    version: int = Field(ge=1)
    title: Text
    level: str
    begins: Literal["citizen", "appeal", "event", "service"] = Field(
        "citizen", description="how a case of it begins"
    )
    start: Start | None = Field(None, description="of a service that begins with an event")
    appeal: Appeal | None = None
    calendar: Id = Field("national", description="the legal calendar of its terms")
    keeps_drafts_for: Duration = Field("P30D", alias="keepsDraftsFor")
    legal_basis: str = Field(
        "", max_length=300, alias="legalBasis", description="the law that permits what is done with data"
    )
    purpose: str = Field("", max_length=300, description="why agencies are asked and told; else the title")
    keeps_cases_for: Duration = Field(
        "P730D", alias="keepsCasesFor", description="after its end; then the case is deleted"
    )
    keeps_cases_because: str = Field(
        "",
        max_length=300,
        alias="keepsCasesBecause",
        description="the law for which an ended case is kept even where its applicant asks for erasure",
    )
    stuck_unit: str = Field(
        "integration", alias="stuckUnit", description="who looks at a step that cannot run"
    )
    prefill: list[Prefill] = Field(default_factory=list)
    pages: list[Page] = Field(default_factory=list)
    lines: list[Line] = Field(default_factory=list)
    given: Template = Field(
        default_factory=dict, description="names that every step sees, with values that stand for themselves"
    )
    tables: dict[Id, JSON] = Field(default_factory=dict, description="decision tables, by name")
    steps: list[Step] = Field(min_length=1)


for _holder in (Parallel, Repeat, Loop):
    _holder.model_rebuild(_types_namespace={"Step": Step})
Document.model_rebuild()


def schema() -> JSON:
    """The published JSON Schema."""
    return Document.model_json_schema(by_alias=True)
