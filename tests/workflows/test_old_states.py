"""Cases that were under way before the engine learned more: their states go on as they would have."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.workflows.playing import NOW, Play
from workflows.definitions import loading
from workflows.definitions.model import Definition
from workflows.engine import Call, CallFinished, CoSigned, StatusReceived, TaskDecided, TimerFired

STORED = json.loads((Path(__file__).parent / "states" / "moving-house.v2.json").read_text(encoding="utf-8"))


@pytest.fixture
def moving_house() -> Definition:
    return Definition(next(d for d in loading.shipped() if d["service"] == "moving-house"))


def answer(play: Play, call: Call) -> Any:
    if call.operation == "register_move":
        return StatusReceived(NOW, call.token, "registered")
    cars = {"vehicle": [{"registrationNumber": "1"}]} if call.operation == "find_vehicles" else {}
    return CallFinished(NOW, call.token, "accepted", cars)


@pytest.mark.parametrize("name", STORED)
def test_a_case_in_an_old_state_runs_to_its_end(moving_house: Definition, name: str) -> None:
    play = Play(moving_house, state=STORED[name])
    for _ in range(40):
        if play.state["status"] != "open":
            break
        token, wait = next(iter(play.state["waiting"].items()))
        if wait["kind"] == "cosign":
            play.feed(CoSigned(NOW, token, "B", True))
        elif wait["kind"] == "repair":
            play.feed(TaskDecided(NOW, token, "resend", "again", {}))
        elif "task" in wait:
            play.feed(TaskDecided(NOW, wait["task"], "resend", "again", {}))
        else:
            play.feed(answer(play, Call(token, wait["connection"], wait["operation"], {})))
    assert play.state["status"] == "completed"
    assert play.state["waiting"] == play.state["frames"] == {}


def test_a_repair_of_old_is_sent_anew_under_its_next_number(moving_house: Definition) -> None:
    play = Play(moving_house, state=STORED["telling, two repairs open"])
    play.feed(TaskDecided(NOW, "tell-sia#0!delivery-rejected", "resend", "again", {}))
    assert [call.token for call in play.asked(Call)] == ["tell-sia#0~2"]
    play.feed(CallFinished(NOW, "tell-sia#1", "accepted"))
    assert "tell-sia#1!no-acknowledgement" not in play.waiting


def test_an_old_chase_still_fires(moving_house: Definition) -> None:
    play = Play(moving_house, state=STORED["registering, pending"])
    play.feed(TimerFired(NOW, "register-move", "chase"))
    assert play.effects
