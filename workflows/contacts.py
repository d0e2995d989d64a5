"""How a person is reached is theirs to say: a representative sends along what is held and changes nothing."""

from typing import Any

from identity.models import User
from workflows.answers import AnswersInvalid
from workflows.applicant import person_of

KINDS = {"email", "telephone"}


def held(spec: dict[str, Any], applicant: User) -> str:
    """What is held of an applicant for a contact field of a page, "" for nothing."""
    value: Any = person_of(applicant)
    for name in spec.get("prefill", {}).get("path", "contactPoint." + spec["name"]).split("."):
        value = value.get(name, "") if isinstance(value, dict) else ""
    return str(value)


def relaxed(page: dict[str, Any]) -> dict[str, Any]:
    """The page without a duty to give contact: where none is held, a representative cannot give one."""
    fields = [{**spec, "required": False} if spec["kind"] in KINDS else spec for spec in page["fields"]]
    return {**page, "fields": fields}


def insist_unchanged(page: dict[str, Any], answers: dict[str, Any], applicant: User) -> None:
    """Raise AnswersInvalid ("not-yours-to-change") where contact differs from what is held (A100)."""
    problems = {
        spec["name"]: "not-yours-to-change"
        for spec in page["fields"]
        if spec["kind"] in KINDS and (answers.get(spec["name"]) or "") != held(spec, applicant)
    }
    if problems:
        raise AnswersInvalid(problems)
