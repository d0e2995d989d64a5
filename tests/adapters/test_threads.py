"""Compiled contracts and adapters are shared by the threads of the pool: none sees another's message."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from adapters import registry
from adapters.contracts.violation import Violation
from adapters.errors import Refused
from adapters.kinds.soap import envelope
from adapters.mapping.plan import source
from adapters.ports import Accepted, Context, Request
from adapters.sandbox import run
from tests.adapters.connections import ADDRESS, MARIA, PERSON, adapter, spec
from tests.adapters.test_conformance import MOVE

THREADS, TIMES = 8, 150


def test_threads_get_their_own_errors() -> None:
    npr: Any = registry.build(spec("npr", "http://127.0.0.1:9"))
    operation = npr.operations["register_move"]

    def wrong(number: int) -> None:
        code = f"{number}"  # not five digits: the message must be this thread's own
        value = {**MOVE, "address": {**ADDRESS, "postCode": code}}
        for _ in range(TIMES):
            with pytest.raises(Violation, match=f"'{code}'") as caught:
                operation.write(source(value, Context("c", "k")))
            assert caught.value.path.endswith("PostalNumber")

    def right(number: int) -> None:
        value = {**MOVE, "address": {**ADDRESS, "thoroughfare": f"Street {number}"}}
        for _ in range(TIMES):
            sent = operation.write(source(value, Context("c", f"key-{number}")))
            assert f"Street {number}<".encode() in sent
            assert envelope.read(sent)[0].tag.endswith("RegisterMoveRequest")

    with ThreadPoolExecutor(THREADS) as pool:
        tasks = [pool.submit(wrong if number % 2 else right, number) for number in range(THREADS)]
        for task in tasks:
            task.result()


def test_one_adapter_serves_many_threads() -> None:
    with run(("npr",)) as sandbox, ThreadPoolExecutor(THREADS) as pool:
        npr = adapter("npr", sandbox)

        def ask(number: int) -> Any:
            if number % 4 == 0:
                try:
                    return npr.send(Request("get_household", {"person": {}}, Context("c", f"{number}")))
                except Refused as error:
                    return error.field
            request = Request("get_household", {"person": PERSON}, Context("c", f"{number}"))
            return npr.send(request).result

        answers = list(pool.map(ask, range(80)))
    for number, answer in enumerate(answers):
        if number % 4 == 0:
            assert answer == "person.identifier.notation"
        else:
            assert isinstance(answer, Accepted)
            assert answer.value["household"]["member"][0]["identifier"]["notation"] == MARIA
