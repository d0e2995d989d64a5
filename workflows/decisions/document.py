"""The shape of a decision table: pydantic models that check a document and generate its JSON Schema."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

JSON = dict[str, Any]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Cell = Annotated[str, StringConstraints(max_length=2000)]
Policy = Literal["unique", "first", "any", "priority", "collect", "rule order", "output order"]
Type = Literal[
    "any", "text", "number", "boolean", "date", "time", "date and time", "days duration", "months duration"
]


class Strict(BaseModel):
    """No word that the schema does not know."""

    model_config = ConfigDict(extra="forbid")


class Column(Strict):
    """What columns of both kinds have; each of the two uses some of it."""

    name: Name
    type: Type = "any"
    expression: str = ""
    allowed: Cell = ""
    otherwise: Cell = ""


class Input(Column):
    """One column of conditions: a FEEL expression over the case's data."""

    otherwise: Literal[""] = ""
    expression: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    allowed: Cell = Field("", description="unary tests that every value passes, such as `[0..130]`")


class Output(Column):
    """One column of results."""

    expression: Literal[""] = ""
    allowed: Cell = Field("", description="unary tests; for priorities, the values from highest to lowest")
    otherwise: Cell = Field("", description="a FEEL expression: the value where no row matches")


class Row(Strict):
    """One rule: a unary test for each input, an expression for each output, and the law it follows."""

    id: Id
    when: list[Cell]
    then: list[Cell]
    reference: str = Field("", max_length=300, description="the article of law that the row carries out")
    note: str = Field("", max_length=500)


class Golden(Strict):
    """A case with its known answer, run at every publish."""

    name: Name
    given: JSON
    then: Any = Field(
        description="the outputs as `decide` gives them; null where the table must leave it open"
    )
    now: str = Field("2026-01-01T00:00:00+00:00", description="the clock of `today()` and `now()`")


class TableDocument(Strict):
    """A whole table."""

    schema_: str | None = Field(None, alias="$schema")
    table: Id
    version: int = Field(ge=1)
    title: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    policy: Policy = "unique"
    aggregation: Literal["", "sum", "min", "max", "count"] = Field("", description="of the policy `collect`")
    inputs: list[Input] = Field(min_length=1, max_length=40)
    outputs: list[Output] = Field(min_length=1, max_length=40)
    rows: list[Row] = Field(min_length=1, max_length=2000)
    golden: list[Golden] = Field(default_factory=list)


class TableRefused(Exception):
    """A table that cannot run. Final until it is mended; ``problems`` lists everything, with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read_table(document: JSON) -> TableDocument:
    """The checked shape of a document; raises TableRefused with everything wrong at once."""
    try:
        found = TableDocument.model_validate(document)
    except ValidationError as error:
        raise TableRefused([f"{_place(one['loc'])}: {one['msg']}" for one in error.errors()]) from error
    problems = []
    for row in found.rows:
        for word, cells, columns in (("when", row.when, found.inputs), ("then", row.then, found.outputs)):
            if len(cells) != len(columns):
                problems.append(f"row {row.id!r}: {word} has {len(cells)} cells for {len(columns)} columns")
    for what, names in (
        ("row", [row.id for row in found.rows]),
        ("input", [column.name for column in found.inputs]),
        ("output", [column.name for column in found.outputs]),
        ("golden row", [golden.name for golden in found.golden]),
    ):
        problems += [
            f"{what} {name!r} is there twice" for name in sorted({n for n in names if names.count(n) > 1})
        ]
    if found.aggregation and found.policy != "collect":
        problems.append(f"policy {found.policy!r} takes no aggregation; only collect does")
    if found.aggregation in {"sum", "min", "max"} and len(found.outputs) > 1:
        problems.append(f"{found.aggregation} needs one output, not {len(found.outputs)}")
    if problems:
        raise TableRefused(problems)
    return found


def _place(location: tuple[int | str, ...]) -> str:
    """A path as a reader counts: ``rows 3 when``."""
    return " ".join(str(part + 1) if isinstance(part, int) else part for part in location) or "table"
