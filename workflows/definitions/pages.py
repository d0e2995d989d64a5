"""The question pages of a definition: fields, where their values are already held, and searches."""

from typing import Literal

from pydantic import Field

from workflows.definitions.words import Duration, Expression, Id, Strict, Template, Text


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
