"""Talking to agencies: `perform`, `check`, `perform_many`, and the record of what they tell us by themselves.

Every call leaves a row in the exchange log, written before it is made. No database transaction is open while
an agency thinks; threads of the pool never touch the database.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial

from django.utils import timezone

from adapters import exchange_log, exchange_rows, registry
from adapters.errors import AdapterError, Misconfigured
from adapters.models import Exchange
from adapters.ports import JSON, Adapter, Context, Reply, Request, Result
from onestop.lib.sealing import seal

POOL_THREADS = 64  # they wait on sockets; one burst of the largest service is under 20 calls
_pool = ThreadPoolExecutor(max_workers=POOL_THREADS, thread_name_prefix="exchange")


@dataclass(frozen=True, slots=True)
class Call:
    """One of several calls that go out together, see :func:`perform_many`."""

    connection: str
    operation: str
    value: JSON
    context: Context
    timeout: float | None = None


def perform(
    connection: str, operation: str, value: JSON, context: Context, timeout: float | None = None
) -> Result:
    """Carry out one operation of one agency; raises a child of AdapterError.

    ``value`` is canonical, ``timeout`` is in seconds (None: the connection's own).
    """
    row = exchange_log.begun(connection, operation, value, context)
    exchange_rows.insert(row)
    return _run(row, lambda adapter: adapter.send(Request(operation, value, context, timeout)))


def check(
    connection: str, operation: str, reference: str, context: Context, timeout: float | None = None
) -> Result:
    """Ask what became of an earlier Pending ``reference``; raises a child of AdapterError."""
    value = {"reference": reference}
    row = exchange_log.begun(connection, f"{operation}.check", value, context)
    exchange_rows.insert(row)
    return _run(row, lambda adapter: adapter.check(Request(operation, value, context, timeout), reference))


def perform_many(calls: Sequence[Call]) -> list[Result | AdapterError]:
    """Carry out several calls together; the slowest decides, not the sum.

    Answers stand in the order of ``calls``; a call that failed has its AdapterError there. Each row of the
    log is finished as its answer arrives.
    """
    rows = [exchange_log.begun(call.connection, call.operation, call.value, call.context) for call in calls]
    exchange_rows.insert_all(rows)
    outcomes: dict[int, Reply | Exception] = {}
    futures: dict[Future[Reply], int] = {}
    local: list[tuple[int, Adapter]] = []
    for index, call in enumerate(calls):
        try:
            adapter = registry.adapter(call.connection)
        except Misconfigured as error:
            outcomes[index] = _settled(rows[index], error)
            continue
        if registry.is_local(adapter):
            local.append((index, adapter))
        else:
            futures[_pool.submit(adapter.send, _request(call))] = index
    for index, adapter in local:  # these write to our own database: in this thread, while the others wait
        outcomes[index] = _settled(rows[index], _outcome(partial(adapter.send, _request(calls[index]))))
    for future in as_completed(futures):
        index = futures[future]
        outcomes[index] = _settled(rows[index], _outcome(future.result))
    return [_answer(outcomes[index]) for index in range(len(calls))]


def record_inbound(
    connection: str,
    operation: str,
    case_reference: str,
    correlation_id: str,
    received: bytes,
    detail: str,
    state: str = Exchange.State.ACCEPTED,
    received_type: str = "application/json",
) -> Exchange:
    """Log a message that an agency sent by itself, whatever was made of it."""
    context = Context(correlation_id=correlation_id, idempotency_key="", case=case_reference)
    row = exchange_log.begun(connection, operation, {}, context)
    row.direction = Exchange.Direction.IN
    row.received = seal(received, label=row.label("received"))
    row.received_type, row.state = received_type, Exchange.State(state)
    row.detail, row.finished_at = exchange_log.fit(detail, "detail"), timezone.now()
    exchange_rows.insert(row)
    return row


def _request(call: Call) -> Request:
    return Request(call.operation, call.value, call.context, call.timeout)


def _run(row: Exchange, send: Callable[[Adapter], Reply]) -> Result:
    outcome = _settled(row, _outcome(lambda: send(registry.adapter(row.connection))))
    if isinstance(outcome, Exception):
        raise outcome
    return outcome.result


def _outcome(send: Callable[[], Reply]) -> Reply | Exception:
    try:
        return send()
    except Exception as error:  # logged by _settled, then raised again by the caller
        return error


def _settled(row: Exchange, outcome: Reply | Exception) -> Reply | Exception:
    exchange_log.finish(row, outcome)
    return outcome


def _answer(outcome: Reply | Exception) -> Result | AdapterError:
    """What the caller sees of an outcome; a fault of our own is raised once every row is finished."""
    if isinstance(outcome, Reply):
        return outcome.result
    if isinstance(outcome, AdapterError):
        return outcome
    raise outcome
