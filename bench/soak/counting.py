"""What is counted when the soak is over: at the agencies' own ledgers, and in the portal's database."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from adapters.models import Exchange
from adapters.simulator.agency import Agency
from bench.soak.officer import Officer
from bench.soak.weather import Weather
from bench.soak.workers import Workers
from workflows.models import Case, Job

KINDS = {"keyed": "key", "tax": "key", "vdr": "ask", "deaf": "person"}


@dataclass
class Count:
    """The figures. ``lost`` and ``doubled`` list the references of deliveries; both are to be empty."""

    deliveries: int
    seconds: float
    outage_seconds: float
    exchanges: int = 0
    messages: int = 0
    faults: int = 0
    workers_killed: int = 0
    workers_ended: list[int] = field(default_factory=list)
    cases_open: int = 0
    unknown: int = 0
    uncertain_once: int = 0
    by_agency: dict[str, dict[str, Any]] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    to_a_person: int = 0
    person_settled: int = 0
    person_sent_again: int = 0
    stopped: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Nothing lost, nothing doubled, everything ended."""
        return not self.lost and not self.doubled and not self.cases_open

    def as_json(self) -> dict[str, Any]:
        """Everything, with the long lists cut."""
        return {**asdict(self), "lost": self.lost[:20], "doubled": self.doubled[:20], "sound": self.is_sound}


def counted(
    agencies: dict[str, Agency],
    officer: Officer,
    workers: Workers,
    *,
    total: int,
    seconds: float,
    outage: float,
) -> Count:
    """Count at every agency how often each delivery took effect, and what else there is to say."""
    count = Count(total, round(seconds, 1), round(outage, 1))
    wanted: dict[str, set[str]] = {key: set() for key in agencies}
    for lane, reference, token in Job.objects.filter(kind=Job.Kind.CALL).values_list(
        "lane", "case__reference", "token"
    ):
        wanted[lane].add(f"{reference}:{token}")
    for key, agency in agencies.items():
        _count_agency(count, key, agency, wanted[key])
    count.exchanges = Exchange.objects.count()
    count.states = dict(Counter(Exchange.objects.values_list("state", flat=True)))
    count.unknown = count.states.get("unknown", 0)
    count.uncertain_once = Exchange.objects.filter(is_uncertain=True).count()
    count.workers_killed, count.workers_ended = workers.killed, workers.ended
    count.cases_open = Case.objects.under_way().count()
    people = officer.settled | officer.sent_again
    count.to_a_person, count.stopped = len(people), officer.stopped
    count.person_settled, count.person_sent_again = len(officer.settled), len(officer.sent_again)
    return count


def _count_agency(count: Count, key: str, agency: Agency, wanted: set[str]) -> None:
    ledger = agency.store.ledger()
    effects = {name: row["effects"] for name, row in ledger["by_key"].items() if row["effects"]}
    count.lost += sorted(wanted - set(effects))
    count.doubled += sorted(name for name, times in effects.items() if times > 1)
    count.messages += ledger["received"]
    faults = agency.panel.drawn if isinstance(agency.panel, Weather) else 0
    count.faults += faults
    count.by_agency[key] = {
        **{"kind": KINDS[key], "deliveries": len(wanted), "messages": ledger["received"], "faults": faults},
        **{"effects": sum(effects.values()), "lost": len(wanted - set(effects))},
        "doubled": sum(times > 1 for times in effects.values()),
    }
