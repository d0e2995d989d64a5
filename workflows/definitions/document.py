"""The shape of a definition: pydantic models that check a document and generate its published JSON Schema."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Expression = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Duration = Annotated[str, StringConstraints(pattern=r"^-?P(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?$")]
Template = dict[str, Any]  # values beginning with "=" are expressions


class Strict(BaseModel):
    """No word that the schema does not know."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


QuestionKind = Literal[
    "text",
    "date",
    "yes-no",
    "choice",
    "choices",
    "address",
    "email",
    "telephone",
    "household",
    "upload",
]


class FieldPrefill(Strict):
    """Where a field's value is already held."""

    source_of: Id = Field(alias="from", description="a prefill of the document, or `applicant`")
    path: str
    source: Id = Field(description="the agency named as the holder")
    as_of: str | None = Field(None, alias="asOf", description="path of the date the holder gives")


class Search(Strict):
    """A register in which the citizen chooses the value."""

    connection: Id
    operation: str
    path: str


class Question(Strict):
    """One field of a page."""

    name: str
    kind: Literal[
        "text", "date", "yes-no", "choice", "choices", "address", "email", "telephone", "household", "upload"
    ]
    label: Text
    path: str = Field(description="where the answer stands among the case's answers")
    hint: str = ""
    required: bool = True
    prefill: FieldPrefill | None = None
    search: Search | None = None
    earliest: Duration | None = None
    latest: Duration | None = None
    longest: int | None = Field(None, ge=1, description="characters; more than 200 makes it several lines")
    show_if: Expression | None = None
    choices: dict[str, str] = Field(default_factory=dict)
    most: int = Field(5, ge=1, le=20, description="files, of an upload")


class Page(Strict):
    """One thing a page."""

    id: Id
    title: Text
    hint: str = ""
    fields: list[Question] = Field(min_length=1)


class Prefill(Strict):
    """A read that fills fields before the citizen answers."""

    into: str
    connection: Id
    operation: str
    path: str
    input: Template = Field(default_factory=dict)


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


class Block(Strict):
    """What every step has."""

    id: Id
    when: Expression | None = None


class Repair(Strict):
    """Who looks at a delivery that stuck."""

    unit: str
    task: Id


class Ask(Block):
    """A call to an agency: `lookup` reads, `deliver` tells."""

    kind: Literal["lookup", "deliver"]
    connection: str
    operation: str
    input: Template = Field(default_factory=dict)
    into: str | None = None
    timeout: Duration | None = None
    on_timeout: Repair | None = None
    chase: Duration | None = None
    on_rejected: Literal["continue", "end"] | Repair = "end"


class Parallel(Block):
    """Branches that go on at once, until all, any, or a number of them have ended."""

    kind: Literal["parallel"]
    join: Literal["all", "any"] | Annotated[int, Field(ge=1)] = "all"
    branches: list[list["Step"]] = Field(min_length=1)


class Repeat(Block):
    """Steps walked once for each item of a list."""

    kind: Literal["repeat"]
    for_each: Expression
    as_: str = Field(alias="as")
    steps: list["Step"] = Field(min_length=1)


class CoSign(Block):
    """Others agree, within a time."""

    kind: Literal["cosign"]
    people: Expression
    within: Duration
    into: str


class HumanTask(Block):
    """A unit's caseworkers decide."""

    kind: Literal["task"]
    unit: str
    task: Id
    into: str
    reason: str = ""
    show: Template = Field(default_factory=dict)
    outcomes: list[str] = Field(min_length=1)
    within: Duration | None = None


class Wait(Block):
    """A stated time passes."""

    kind: Literal["timer"]
    for_: Duration = Field(alias="for")


class Rule(Strict):
    """One row of a decision; without `when` it always holds."""

    when: Expression | None = None
    set: Template
    because: str = ""


class Decide(Block):
    """The first rule that holds."""

    kind: Literal["decide"]
    into: str
    rules: list[Rule] = Field(min_length=1)


class Notice(Block):
    """The applicant is told."""

    kind: Literal["notify"]
    template: Id
    data: Template = Field(default_factory=dict)


class End(Block):
    """The case ends here."""

    kind: Literal["end"]
    outcome: Literal["completed", "refused"]
    because: str = ""


Step = Annotated[
    Ask | Parallel | Repeat | CoSign | HumanTask | Wait | Decide | Notice | End, Field(discriminator="kind")
]


class Document(Strict):
    """A whole definition."""

    schema_: str | None = Field(None, alias="$schema")
    service: Id
    version: int = Field(ge=1)
    title: Text
    level: str
    begins: Literal["citizen", "appeal"] = Field("citizen", description="how a case of it begins")
    appeal: Appeal | None = None
    keeps_drafts_for: Duration = Field("P30D", alias="keepsDraftsFor")
    legal_basis: str = Field(
        "", max_length=300, alias="legalBasis", description="the law that permits what is done with data"
    )
    keeps_cases_for: Duration = Field(
        "P730D", alias="keepsCasesFor", description="after its end; then the case is deleted"
    )
    keeps_cases_because: str = Field(
        "",
        max_length=300,
        alias="keepsCasesBecause",
        description="the law for which an ended case is kept even where its applicant asks for erasure",
    )
    prefill: list[Prefill] = Field(default_factory=list)
    pages: list[Page] = Field(min_length=1)
    lines: list[Line] = Field(default_factory=list)
    steps: list[Step] = Field(min_length=1)
