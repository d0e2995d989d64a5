"""Talking to agencies: `perform`, `check`, `perform_many`, and the record of what they tell us by themselves.

Every call leaves a row in the exchange log, written before it is made. No database transaction is open while
an agency thinks; threads of the pool never touch the database.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue

from django.utils import timezone

from adapters import documents, exchange_log, exchange_rows, registry
from adapters.delivery import gate, heartbeat, repetition
from adapters.delivery.policy import Repeat
from adapters.delivery.verdict import judged
from adapters.errors import AdapterError, Misconfigured
from adapters.exchange_rows import Entry
from adapters.models import Exchange, seal_json
from adapters.ports import JSON, Adapter, Context, Reply, Request, Result

POOL_THREADS = 128  # they wait on sockets: the largest burst of a hundred calls goes out at once
_pool = ThreadPoolExecutor(max_workers=POOL_THREADS, thread_name_prefix="exchange")


@dataclass(frozen=True, slots=True)
class Call:
    """One of several calls that go out together, see :func:`perform_many`."""

    connection: str
    operation: str
    value: JSON
    context: Context
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """A call that may go out: what the gate said, its row in the log, the request with its whole value."""

    standing: gate.Standing
    row: Entry
    request: Request


def perform(
    connection: str, operation: str, value: JSON, context: Context, timeout: float | None = None
) -> Result:
    """Carry out one operation of one agency; raises a child of AdapterError.

    ``value`` is canonical, ``timeout`` is in seconds (None: the connection's own). What may have arrived
    before under the same idempotency key is not sent again unless the connection says that it may be.
    """
    found = gate.standing(connection)
    ready = _prepared(Call(connection, operation, value, context, timeout), found)
    if not isinstance(ready, Ready):
        return ready
    return _run(ready, lambda adapter: adapter.send(ready.request))


def check(
    connection: str, operation: str, reference: str, context: Context, timeout: float | None = None
) -> Result:
    """Ask what became of an earlier Pending ``reference``; raises a child of AdapterError."""
    found = gate.standing(connection)
    gate.admit(found)
    heartbeat.before_call()
    value = {"reference": reference}
    row = exchange_log.begun(connection, f"{operation}.check", value, context)
    exchange_rows.insert(row)
    ready = Ready(found, row, Request(operation, value, context, timeout))
    return _run(ready, lambda adapter: adapter.check(ready.request, reference))


def perform_many(calls: Sequence[Call]) -> list[Result | AdapterError]:
    """Carry out several calls together; the slowest decides, not the sum.

    Answers stand in the order of ``calls``; a call that failed has its AdapterError there. Each row of the
    log is finished as its answer arrives.
    """
    outcomes: dict[int, Result | Exception] = {}
    ready: dict[int, Ready] = {}
    known: dict[str, gate.Standing] = {}  # the gate of each connection, read once
    for index, call in enumerate(calls):
        try:
            if call.connection not in known:
                known[call.connection] = gate.standing(call.connection)
            found = _prepared(call, known[call.connection], insert=False)
        except AdapterError as error:
            outcomes[index] = error
            continue
        if isinstance(found, Ready):
            ready[index] = found
        else:
            outcomes[index] = found
    exchange_rows.insert(*(one.row for one in ready.values()))
    for index, outcome in _together(ready):
        outcomes[index] = outcome.result if isinstance(outcome, Reply) else outcome
    return [_answer(outcomes[index]) for index in range(len(calls))]


def _together(ready: dict[int, Ready]) -> Iterator[tuple[int, Reply | Exception]]:
    """Send all that is ready and settle each as its answer arrives."""
    futures: dict[Future[Reply], int] = {}
    arrived: SimpleQueue[Future[Reply]] = SimpleQueue()
    local: list[tuple[int, Adapter]] = []
    adapters: dict[str, Adapter] = {}
    for index, one in ready.items():
        key = one.row.connection
        try:
            if key not in adapters:
                adapters[key] = registry.adapter_of(key, one.standing.edition)
        except Misconfigured as error:
            yield index, _settled(one, error)
            continue
        adapter = adapters[key]
        if registry.is_local(adapter):
            local.append((index, adapter))
        else:
            futures[_pool.submit(adapter.send, one.request)] = index
    for index, adapter in local:  # these write to our own database: in this thread, while the others wait
        yield index, _settled(ready[index], _outcome(partial(adapter.send, ready[index].request)))
    for future in futures:
        future.add_done_callback(arrived.put)
    while futures:
        done = [arrived.get()]  # and what came while the last ones were written
        done += [arrived.get_nowait() for _ in range(arrived.qsize())]
        came = {futures.pop(one): _outcome(one.result) for one in done}
        yield from zip(came, _settled_together([(ready[at], one) for at, one in came.items()]), strict=True)


def record_inbound(
    connection: str,
    operation: str,
    case_reference: str,
    correlation_id: str,
    received: bytes,
    detail: str,
    state: Exchange.State = Exchange.State.ACCEPTED,
    received_type: str = "application/json",
    answer: JSON | None = None,
) -> Entry:
    """Log a message that an agency sent by itself, whatever was made of it; ``answer`` is its value."""
    context = Context(correlation_id=correlation_id, idempotency_key="", case=case_reference)
    row = exchange_log.begun(connection, operation, {}, context)
    row.direction = Exchange.Direction.IN.value
    documents.put_wire(row, "received", received, gate.policy(connection).claim_check)
    row.received_type = exchange_log.fit(received_type, "received_type")
    row.state = state.value
    if answer:
        row.answer = seal_json(answer, row.label("answer"))
    row.detail, row.finished_at = exchange_log.fit(detail, "detail"), timezone.now()
    exchange_rows.insert(row)
    return row


def _prepared(call: Call, found: gate.Standing, *, insert: bool = True) -> Ready | Result:
    """Pass the gate and begin the log's row; or the result, where an earlier attempt has it already."""
    heartbeat.before_call()
    policy = found.policy
    value = documents.check_in(
        call.connection, call.value, longest=policy.claim_check, largest=policy.largest_document
    )
    repeat, ask = policy.repeating(call.operation)
    asks = False
    if repeat in (Repeat.ASK, Repeat.PERSON) and call.context.idempotency_key:
        earlier, asks = repetition.before(call.connection, call.operation, call.context, repeat)
        if earlier is not None:
            return earlier
    gate.admit(found)
    if asks and (told := _asked(found, ask, call)) is not None:
        return told
    row = exchange_log.begun(call.connection, call.operation, value, call.context)
    if insert:
        exchange_rows.insert(row)
    whole = value if value is call.value else documents.check_out(call.connection, value)
    return Ready(found, row, Request(call.operation, whole, call.context, call.timeout))


def _asked(found: gate.Standing, ask: str, call: Call) -> Result | None:
    """Ask by our reference what became of an earlier attempt; None where it surely came to nothing."""
    row = exchange_log.begun(call.connection, f"{ask}.check", call.value, call.context)
    exchange_rows.insert(row)
    request = Request(ask, documents.check_out(call.connection, call.value), call.context, call.timeout)
    told = _run(Ready(found, row, request), lambda adapter: adapter.send(request))
    return repetition.understood(call.connection, call.operation, call.context, told, found.policy.settle)


def _run(ready: Ready, send: Callable[[Adapter], Reply]) -> Result:
    found = ready.standing
    outcome = _settled(ready, _outcome(lambda: send(registry.adapter_of(found.key, found.edition))))
    if isinstance(outcome, Exception):
        raise outcome
    return outcome.result


def _outcome(send: Callable[[], Reply]) -> Reply | Exception:
    try:
        return send()
    except Exception as error:  # logged by _settled, then raised again by the caller
        return error


def _settled(ready: Ready, outcome: Reply | Exception) -> Reply | Exception:
    return _settled_together([(ready, outcome)])[0]


def _settled_together(came: list[tuple[Ready, Reply | Exception]]) -> list[Reply | Exception]:
    """Settle those that came at the same time: their rows are written together."""
    outcomes = []
    for one, outcome in came:
        policy = one.standing.policy
        outcomes.append(judged(one.row.connection, policy.failures, outcome))
        exchange_log.conclude(one.row, outcomes[-1], policy)
    exchange_rows.update(*(one.row for one, _ in came))
    for (one, _), outcome in zip(came, outcomes, strict=True):
        gate.note(one.standing, outcome)
    return outcomes


def _answer(outcome: Result | Exception) -> Result | AdapterError:
    """What the caller sees of an outcome; a fault of our own is raised once every row is finished."""
    if isinstance(outcome, Exception) and not isinstance(outcome, AdapterError):
        raise outcome
    return outcome
