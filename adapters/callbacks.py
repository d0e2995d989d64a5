"""What agencies tell of something they were asked for: a status decides it, a notice says there is news."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$")]
Text = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]


class StatusMessage(BaseModel):
    """A decision. ``messageId`` names the message, ``reference`` is the agency's own number."""

    message_id: Name = Field(alias="messageId")
    reference: Name
    status: Annotated[str, StringConstraints(pattern=r"^[a-z-]{1,40}$")]
    reason: Text = ""
    reason_code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{0,40}$")] = Field(
        "", alias="reasonCode"
    )
    decided_at: AwareDatetime = Field(alias="decidedAt")

    def told(self) -> dict[str, str]:
        """What its case takes in."""
        return {
            "reference": self.reference,
            "status": self.status,
            "reason": self.reason,
            "reason_code": self.reason_code,
            "decided_at": self.decided_at.isoformat(),
        }


class Notice(BaseModel):
    """News. ``messageId`` names the message, ``reference`` is the agency's own number."""

    message_id: Name = Field(alias="messageId")
    reference: Name
