"""The Tax Office's records: taxpayers with a version, and the jobs that change them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.sandbox import world
from adapters.simulator.store import Store

AREAS = {"Eastholm": "T01", "Vestvik": "T02", "Norrby": "T03"}
OTHER_AREA = "T99"
FIRST_DAY = "2020-01-01"  # when the office's electronic records begin
JSON = dict[str, Any]


def _now() -> datetime:
    return datetime.now(UTC)


class Taxpayers:
    """All taxpayers. A job that is due is booked when somebody looks."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, number: str) -> JSON | None:
        """Return the Taxpayer of the contract, None where there is none."""
        person = world.people().get(number)
        if person is None or not person["addressID"]:
            return None
        self._book_due_jobs(number)
        changed = self._store.get("taxpayer", number)
        domicile = changed["domicile"] if changed else _domicile(world.dwellings()[person["addressID"]])
        name = f"{person['givenName']} {person['familyName']}"
        return {"taxpayerNumber": number, "name": name, "domicile": domicile}

    def tag(self, number: str) -> str:
        """The ETag of the taxpayer's record."""
        changed = self._store.get("taxpayer", number)
        return f'"{number}-{changed["version"] if changed else 1}"'

    def job_of(self, key: str) -> str | None:
        """The job that an Idempotency-Key led to, if it did."""
        known = self._store.get("key", key)
        return str(known["job"]) if known else None

    def take(self, key: str, number: str, change: JSON, delay: float, *, is_refused: bool) -> str:
        """Take a change; return its job's number. The key must not have been taken before."""
        with self._store.transaction():
            name = f"TJ{self._store.next_number('job'):08d}"
            due_at = (_now() + timedelta(seconds=delay)).isoformat()
            job = {"number": number, "change": change, "due_at": due_at, "refused": is_refused}
            self._store.effect("updateDomicile", key, {"taxpayer": number, "job": name})
            self._store.put("key", key, {"job": name})
            self._store.put("job", name, {**job, "booked_at": ""})
        return name

    def job(self, name: str) -> JSON | None:
        """Return the Job of the contract, None where there is none."""
        job = self._store.get("job", name)
        if job is None:
            return None
        self._book_due_jobs(job["number"])
        job = self._store.get("job", name) or job
        if not job["booked_at"]:
            return {"jobNumber": name, "state": "running"}
        if job["refused"]:
            failure = {"code": "F20", "message": "The office refuses every change at present."}
            return {"jobNumber": name, "state": "failed", "failure": failure}
        return {"jobNumber": name, "state": "completed", "bookedAt": job["booked_at"]}

    def _book_due_jobs(self, number: str) -> None:
        now = _now()
        with self._store.transaction():
            for name, job in sorted(self._store.all("job").items()):
                is_due = not job["booked_at"] and datetime.fromisoformat(job["due_at"]) <= now
                if job["number"] != number or not is_due:
                    continue
                self._store.put("job", name, {**job, "booked_at": now.isoformat(timespec="seconds")})
                if not job["refused"]:
                    self._book(number, job["change"])

    def _book(self, number: str, change: JSON) -> None:
        changed = self._store.get("taxpayer", number)
        domicile = {name: value for name, value in change.items() if name != "effectiveDate"}
        domicile["since"] = change["effectiveDate"]
        version = changed["version"] + 1 if changed else 2
        self._store.put("taxpayer", number, {"domicile": domicile, "version": version})


def _domicile(address: JSON) -> JSON:
    return {
        "propertyId": address["addressID"],
        "streetAddress": f"{address['thoroughfare']} {address['locatorDesignator']}",
        "zipCode": address["postCode"],
        "city": address["postName"],
        "areaCode": AREAS.get(address["adminUnitL2"], OTHER_AREA),
        "since": FIRST_DAY,
    }
