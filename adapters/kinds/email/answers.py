"""What an agency's clerk means: words of ``mapping.toml`` looked for in what was written anew.

Exactly one meaning must be found. None, or two that differ, and a person reads the mail.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.errors import Misconfigured
from adapters.kinds.email.reading import Kind, Mail
from adapters.ports import Accepted, Rejected, Result

MEANINGS = ("accepted", "rejected")


@dataclass(frozen=True, slots=True)
class Answers:
    """The words of one operation."""

    words: tuple[tuple[re.Pattern[str], str, str], ...]  # pattern, meaning, code
    reference: re.Pattern[str] | None

    @classmethod
    def of(cls, key: str, name: str, table: Mapping[str, Any]) -> "Answers":
        """From an operation's table; raises Misconfigured."""
        found = []
        try:
            for answer in table["answers"]:
                if answer["is"] not in MEANINGS:
                    raise Misconfigured(key, f"{name}: there is no answer {answer['is']!r}")
                spelled = "|".join(r"\s+".join(map(re.escape, words.split())) for words in answer["words"])
                pattern = re.compile(rf"(?<!\w)(?:{spelled})(?!\w)", re.IGNORECASE)
                found.append((pattern, answer["is"], str(answer.get("code", answer["is"]))))
            reference = re.compile(table["reference"], re.IGNORECASE) if "reference" in table else None
        except KeyError as error:
            raise Misconfigured(key, f"mapping.toml: {name} does not say {error}") from error
        except re.error as error:
            raise Misconfigured(key, f"mapping.toml: {name}: {error}") from error
        return cls(tuple(found), reference)

    def conclude(self, mail: Mail) -> Result | None:
        """The result that a mail is; None where a person must read it."""
        if mail.kind == Kind.BOUNCE:
            return Rejected("bounce", f"the mail could not be delivered: {mail.why}"[:500])
        found = {(meaning, code) for pattern, meaning, code in self.words if pattern.search(mail.text)}
        if len(found) != 1:
            return None
        ((meaning, code),) = found
        value = {"message": mail.text[:4000], "from": mail.sender, "attachments": mail.attachments}
        if meaning == "rejected":
            return Rejected(code, mail.text[:500], value=value)
        seen = self.reference.search(mail.text) if self.reference is not None else None
        return Accepted(value, seen[1] if seen is not None else "")
