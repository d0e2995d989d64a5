"""What an outcome means by the connection's own lists: temporary, permanent, or surely undone."""

from adapters.delivery.policy import Failures
from adapters.errors import AdapterError, NotUnderstood, Unavailable
from adapters.ports import Rejected, Reply, Retry

TEMPORARY = "what the agency says is temporary here"
PERMANENT = "what the agency says does not pass by itself here"


def judged(connection: str, failures: Failures, outcome: Reply | Exception) -> Reply | Exception:
    """The outcome as the connection declares it: a status or code listed there wins over what is usual."""
    if not failures.temporary and not failures.permanent:
        return outcome
    if isinstance(outcome, Reply):
        return _judged_reply(connection, failures, outcome)
    if isinstance(outcome, AdapterError) and outcome.wire.status:
        if outcome.wire.status in failures.permanent:
            outcome.retryable = False
        elif outcome.wire.status in failures.temporary and not outcome.retryable:
            return Unavailable(connection, TEMPORARY, wire=outcome.wire, said=outcome.message)
    return outcome


def _judged_reply(connection: str, failures: Failures, reply: Reply) -> Reply | Exception:
    result, status = reply.result, reply.wire.status
    if isinstance(result, Rejected) and ({result.code, status} & failures.temporary):
        return Reply(Retry(result.reason), reply.wire)
    if isinstance(result, Retry) and status in failures.permanent:
        error = Unavailable(connection, PERMANENT, wire=reply.wire, said=result.reason)
        error.retryable = False
        return error
    return reply


def is_uncertain(failures: Failures, outcome: Reply | Exception) -> bool:
    """Whether the message may have arrived without our knowing what became of it.

    Any answer that was understood is certain, one that asks to be tried again too. A refusal before sending
    and a wrong setting sent nothing; a fault of our own may have come after the sending.
    """
    if isinstance(outcome, Reply):
        return False
    if isinstance(outcome, Unavailable):
        return outcome.sent and outcome.wire.status not in failures.undone
    return isinstance(outcome, NotUnderstood) or not isinstance(outcome, AdapterError)
