"""What every test shares: nothing may skip when all is required, and data goes to a folder of its own."""

import os
import tempfile
from collections.abc import Iterator

import pytest
from django.conf import settings

# Before the settings are read: no test writes into the demo's data folder.
os.environ.setdefault("ONESTOP_DATA_DIR", tempfile.mkdtemp(prefix="onestop-test-"))


@pytest.fixture(autouse=True)
def _no_calls_yet() -> None:
    """Forget how often clients called: all tests come from one address within a minute."""
    from identity.oauth.views import throttle

    throttle.cache_clear()


@pytest.fixture(autouse=True)
def _no_versions_known() -> None:
    """Forget published versions: after a rollback their keys stand for others."""
    if settings.IS_PORTAL:
        from workflows.models.definitions import forget

        forget()


REQUIRE_ALL = os.environ.get("ONESTOP_REQUIRE_ALL") == "1"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """With ONESTOP_REQUIRE_ALL=1 a skipped test is a failed test."""
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"ONESTOP_REQUIRE_ALL=1, but this skipped: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Give each run a PostgreSQL database of its own, so that two runs at once do not meet."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.postgresql":
        database["TEST"]["NAME"] = f"test_onestop_{os.getpid()}"
