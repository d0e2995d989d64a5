"""What the exchange log says of a call: a row before it is made, and what became of it after."""

from datetime import UTC, datetime

from adapters.delivery.policy import Policy, Repeat
from adapters.delivery.verdict import is_uncertain
from adapters.documents import put_wire
from adapters.errors import AdapterError, Misconfigured, NotUnderstood, Refused, Unavailable
from adapters.exchange_rows import Entry
from adapters.models import Exchange, seal_json
from adapters.ports import JSON, Accepted, Context, Pending, Rejected, Reply, Result, Retry, Wire
from onestop.lib.owner import this_process

State = Exchange.State

RESULT_STATES: dict[type, Exchange.State] = {
    Accepted: State.ACCEPTED,
    Pending: State.PENDING,
    Rejected: State.REJECTED,
    Retry: State.RETRY,
}
ERROR_STATES: dict[type, Exchange.State] = {
    Unavailable: State.UNAVAILABLE,
    Refused: State.REFUSED,
    NotUnderstood: State.NOT_UNDERSTOOD,
    Misconfigured: State.MISCONFIGURED,
}
LIMITS = {field.name: field.max_length for field in Exchange._meta.fields if field.max_length}


def fit(text: str, column: str) -> str:
    """Cut text to its column, without NUL and halves of surrogate pairs, which databases refuse."""
    limit = LIMITS[column]
    if len(text) <= limit and text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "").encode(errors="replace").decode()[:limit]


def begun(connection: str, operation: str, value: JSON, context: Context) -> Entry:
    """Return a row in state SENDING that is still to be inserted."""
    row = Entry(
        connection=fit(connection, "connection"),
        operation=fit(operation, "operation"),
        case_reference=fit(context.case, "case_reference"),
        step=fit(context.step, "step"),
        correlation_id=fit(context.correlation_id, "correlation_id"),
        idempotency_key=fit(context.idempotency_key, "idempotency_key"),
        actor=fit(context.actor, "actor"),
        owner=this_process(),
    )
    row.canonical = seal_json(value, row.label("canonical"))
    return row


def conclude(row: Entry, outcome: Reply | Exception, policy: Policy) -> None:
    """Say in a row what became of the call; it is still to be written."""
    if isinstance(outcome, Reply):
        _put_wire(row, outcome.wire, policy)
        _put_result(row, outcome.result)
    else:
        _put_error(row, outcome, policy)
    changes = policy.repeating(row.operation)[0] != Repeat.READ
    row.is_uncertain = changes and is_uncertain(policy.failures, outcome)
    row.finished_at = datetime.now(UTC)


def _put_wire(row: Entry, wire: Wire, policy: Policy) -> None:
    put_wire(row, "sent", wire.sent, policy.claim_check)
    put_wire(row, "received", wire.received, policy.claim_check)
    row.sent_type = fit(wire.sent_type, "sent_type")
    row.received_type = fit(wire.received_type, "received_type")
    row.status = fit(wire.status, "status")


def _put_result(row: Entry, result: Result) -> None:
    row.state = RESULT_STATES[type(result)].value
    if isinstance(result, Accepted | Pending):
        row.detail = fit(result.reference, "detail")
        if isinstance(result, Pending) and result.check_after is not None:
            row.check_after = result.check_after.total_seconds()
    elif isinstance(result, Rejected):
        row.detail = fit(f"{result.code}: {result.reason}", "detail")
    else:
        row.detail = fit(result.reason, "detail")
    if not isinstance(result, Retry) and result.value:
        row.answer = seal_json(result.value, row.label("answer"))


def _put_error(row: Entry, error: Exception, policy: Policy) -> None:
    if not isinstance(error, AdapterError):  # a fault of ours: the row says so and the exception goes on
        row.state, row.detail = State.MISCONFIGURED.value, fit(f"{type(error).__name__}: {error}", "detail")
        return
    _put_wire(row, error.wire, policy)
    row.state = ERROR_STATES.get(type(error), State.UNAVAILABLE).value
    row.detail = fit(_told(error), "detail")
    row.line = error.line if isinstance(error, NotUnderstood) else 0


def _told(error: AdapterError) -> str:
    """What a person reads: a refused value by its name, and the agency's own words."""
    if isinstance(error, Unavailable) and error.said:
        return f"{error.message}: {error.said}"
    return f"{error.field} {error.message}" if isinstance(error, Refused) and error.field else error.message
