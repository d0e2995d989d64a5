"""Signs of life of the processes that call agencies: who falls silent calls nobody any more.

A process says every few seconds that it lives. Moments are the database's, so that the clocks of hosts do not
matter; what a process measures itself is monotonic and counts from before its sign was written. It begins to
send only within ``MAY_SEND`` seconds of its last sign, and one message is on its way for at most as long as
its connection allows; only after both, and a margin, do others take its calls for lost.
"""

import logging
import threading
from collections.abc import Iterable
from datetime import timedelta
from multiprocessing.util import Finalize

from django.db import DatabaseError, connection
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from adapters.delivery import pulse
from adapters.delivery.pulse import EVERY, MAY_SEND, clock, last
from adapters.models import Caller, Exchange
from onestop.lib.owner import this_process

log = logging.getLogger(__name__)
MARGIN = 10.0  # seconds for what is measured on two hosts
FORGOTTEN = timedelta(days=1)


def beat() -> None:
    """Give a sign of life of this process; raises DatabaseError where it could not be written."""
    before, name = clock(), this_process()
    if not Caller.objects.filter(name=name).update(seen_at=Now()):
        Caller.objects.bulk_create([Caller(name=name, seen_at=Now())], ignore_conflicts=True)
    last[name] = before


def end() -> None:
    """Say that this process calls nobody any more; where a call of its own is unfinished, silence says so."""
    last.pop(this_process(), None)
    calls = Exchange.objects.filter(owner=this_process(), state=Exchange.State.SENDING)
    if not calls.exists():
        Caller.objects.filter(name=this_process()).delete()


def silences(owners: Iterable[str]) -> dict[str, float]:
    """Seconds since the last sign of each of the processes that ever gave one, by the database's clock."""
    age = ExpressionWrapper(Now() - F("seen_at"), output_field=DurationField())
    rows = Caller.objects.filter(name__in=set(owners)).annotate(age=age).values_list("name", "age")
    return {name: age.total_seconds() for name, age in rows}


def is_lost(silence: float | None, call_seconds: float) -> bool:
    """Whether whoever was silent for so long has surely ended a call of at most ``call_seconds``."""
    return silence is not None and silence > MAY_SEND + call_seconds + MARGIN


def forget() -> None:
    """Take away the rows of processes that ended long ago."""
    Caller.objects.filter(seen_at__lt=Now() - FORGOTTEN).delete()


class Heart:
    """A thread that gives this process's signs until it is stopped."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Give the first sign, then go on in the thread; raises DatabaseError."""
        beat()
        forget()
        self._thread.start()

    def stop(self) -> None:
        """Give no more signs and say so; call it when all calls are finished."""
        self._stopping.set()
        self._thread.join(EVERY)  # of a database that hangs nobody waits for the answer
        end()

    def _run(self) -> None:
        while not self._stopping.wait(EVERY):
            try:
                beat()
            except DatabaseError:
                log.exception("no sign of life could be written; nothing is sent until one can")
                connection.close()
        connection.close()


_hearts: dict[str, Heart] = {}  # of servers, by process: a fork has to begin anew
_starting = threading.Lock()


def before_call() -> None:
    """Give signs from now on, where this process serves pages and gave none; raises DatabaseError."""
    if not pulse.is_server() or this_process() in _hearts:
        return
    with _starting:
        if this_process() not in _hearts:
            heart = Heart()
            heart.start()
            _hearts[this_process()] = heart
            # Not by atexit, which a process made by fork of multiprocessing passes over.
            Finalize(None, _last_word, args=(heart,), exitpriority=10)


def _last_word(heart: Heart) -> None:
    try:
        heart.stop()
    except DatabaseError:
        log.exception("the last sign of life could not be written; silence will say it")
    finally:
        connection.close()
