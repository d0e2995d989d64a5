"""What agencies sent by themselves, read again: events, statuses, notices, and answers to our ReplyTo."""

import json
from dataclasses import asdict, replace
from typing import Any

from pydantic import ValidationError

from adapters import events, registry
from adapters.callbacks import Notice, StatusMessage
from adapters.connection_spec import ConnectionSpec
from adapters.errors import AdapterError, Misconfigured
from adapters.exchange_log import ERROR_STATES
from adapters.models import Exchange
from adapters.ports import Receiver
from adapters.regression import proofs
from adapters.regression.recorded import Recorded, result_of, settled

_NOT_UNDERSTOOD = str(Exchange.State.NOT_UNDERSTOOD)
_ACCEPTED = str(Exchange.State.ACCEPTED)


def replay_event(recorded: Recorded, spec: ConnectionSpec) -> Recorded:
    """The same with what the event is understood as today."""
    try:
        found = events.read(spec, json.loads(recorded.received))
    except (events.EventRefused, ValueError) as error:
        return _refused(recorded, str(error))
    return _taken(recorded, asdict(found))


def replay_status(recorded: Recorded, _spec: ConnectionSpec) -> Recorded:
    """The same with what its case would take in today."""
    try:
        message = StatusMessage.model_validate_json(recorded.received)
    except ValidationError as error:
        return _refused(recorded, _first(error))
    return _taken(recorded, {"messageId": message.message_id, **message.told()})


def replay_notice(recorded: Recorded, _spec: ConnectionSpec) -> Recorded:
    """The same with what would be asked after today."""
    try:
        message = Notice.model_validate_json(recorded.received)
    except ValidationError as error:
        return _refused(recorded, _first(error))
    return _taken(recorded, message.model_dump(by_alias=True))


def replay_answer(recorded: Recorded, spec: ConnectionSpec) -> Recorded:
    """The same with what an answer to our ReplyTo is understood as today, signed with a key of this run."""
    adapter = registry.build(replace(spec, base_url="http://127.0.0.1:9"))  # nothing is sent there
    if not isinstance(adapter, Receiver) or not adapter.is_answered_later:
        raise Misconfigured(spec.key, "no operation of this connection is answered later")
    content, seal = recorded.received.encode(), proofs.seal_of(spec)
    try:
        signed = seal(content) if seal is not None else content
    except (ValueError, SyntaxError, LookupError):  # no envelope, which is what was recorded: nothing to sign
        signed = content
    try:
        found = adapter.receive({"Content-Type": recorded.media_type}, signed)
    except AdapterError as error:
        state = str(ERROR_STATES.get(type(error), Exchange.State.NOT_UNDERSTOOD))
        return replace(recorded, answer={"state": state, "reason": error.message})
    told = {"messageId": found.message_id, "relatesTo": found.relates_to, "operation": found.operation}
    meant = json.loads(settled(json.dumps(result_of(found.result))))
    return replace(recorded, answer={"state": _ACCEPTED, "value": {**told, "result": meant}})


def _taken(recorded: Recorded, value: dict[str, Any]) -> Recorded:
    settled_value = json.loads(settled(json.dumps(value)))
    return replace(recorded, answer={"state": _ACCEPTED, "value": settled_value})


def _refused(recorded: Recorded, reason: str) -> Recorded:
    return replace(recorded, answer={"state": _NOT_UNDERSTOOD, "reason": reason})


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
