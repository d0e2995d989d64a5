"""Rehearsal: a whole service in memory, with test people, its own clock and faults; nothing is sent."""

from workflows.rehearsal.running import Report, rehearse
from workflows.rehearsal.scenario import Scenario, ScenarioWrong, read

__all__ = ["Report", "Scenario", "ScenarioWrong", "read", "rehearse"]
