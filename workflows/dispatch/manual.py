"""Where no provider is configured, a person of the unit says whether a fee was paid or a time was booked."""

from workflows import ports
from workflows.dispatch.applying import Applying
from workflows.models import Request, Task

PREFIX = "by-hand-"  # of the kind of question: by-hand-payment, by-hand-refund, by-hand-appointment


def ask(applying: Applying, request: Request) -> None:
    """Put the question before the unit."""
    shown = {key: value for key, value in request.value.items() if key not in ("provider", "unit") and value}
    Task.objects.create(
        case=applying.case,
        token=_token(request.token),
        unit=request.value["unit"],
        kind=f"{PREFIX}{request.kind}",
        question=str(request.value.get("subject", "")),
        value={**shown, "request": request.pk},
        outcomes=list(ports.OUTCOMES[request.kind]),
        due_at=request.due_at,
        created_at=applying.now,
    )


def close(applying: Applying, token: str) -> None:
    """Nobody need say any more."""
    Task.objects.open().filter(case=applying.case, token=_token(token)).update(state=Task.State.CLOSED)


def is_manual(task: Task) -> bool:
    """Whether a task stands for a provider that is not there."""
    return task.kind.startswith(PREFIX)


def _token(token: str) -> str:
    return f"{token}!by-hand"
