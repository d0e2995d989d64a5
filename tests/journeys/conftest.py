"""The demo as a whole, started once for all journeys, and Chromium to walk through it."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 90


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys share one running demo, so one worker walks them all."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("journeys"))
            if not CHROMIUM:
                item.add_marker(
                    pytest.mark.skip(reason="Chromium is not installed (Debian: apt-get install chromium)")
                )


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: where its parts are."""

    portal: str
    eid: str
    switchboard: str
    data_dir: Path

    def switch(self, agency: str, **settings: Any) -> None:
        """Set an agency's switches, for instance ``down=True``."""
        request = urllib.request.Request(
            f"{self.switchboard}/agencies/{agency}",
            data=json.dumps(settings).encode(),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=5) as reply:
            assert reply.status < 300

    def ledger(self, agency: str) -> dict[str, Any]:
        """What the agency received and what took effect."""
        request = urllib.request.Request(
            f"{self.switchboard}/agencies/{agency}/ledger", headers={"Accept": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=5) as reply:
            result: dict[str, Any] = json.load(reply)
        return result


def free_block(length: int) -> int:
    """The first port of a block of free ones."""
    for first in range(18000 + os.getpid() % 1000 * 14, 60000, 28):
        with suppress(OSError):
            for port in range(first, first + length):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            return first
    raise RuntimeError("no free ports")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Start `onestop demo` with its own ports and data, and stop it as Ctrl-C does."""
    folder = tmp_path_factory.mktemp("demo")
    first = free_block(24)
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("ONESTOP_")},
        "ONESTOP_DATA_DIR": str(folder),
        "ONESTOP_PORTAL_PORT": str(first),
        "ONESTOP_EID_PORT": str(first + 1),
        "ONESTOP_SANDBOX_PORT": str(first + 2),
    }
    output = (folder / "demo.out").open("w+")
    process = subprocess.Popen(
        [sys.executable, "-m", "onestop", "demo"],
        env=environment,
        cwd=ROOT,
        stdout=output,
        stderr=subprocess.STDOUT,
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while "is running" not in (said := (folder / "demo.out").read_text()):
            assert process.poll() is None, f"the demo ended at once:\n{said}"
            assert time.monotonic() < deadline, f"the demo did not start in {START_SECONDS} s:\n{said}"
            time.sleep(0.1)
        yield Demo(
            portal=f"http://127.0.0.1:{first}",
            eid=f"http://localhost:{first + 1}",
            switchboard=f"http://127.0.0.1:{first + 2}",
            data_dir=folder,
        )
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(15)
        output.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@dataclass(slots=True)
class Walker:
    """A person with a browser of their own; remembers what the console complained about."""

    page: Page
    demo: Demo
    complaints: list[str]

    def open(self, path: str) -> None:
        """Go to a path of the portal."""
        self.page.goto(self.demo.portal + path)

    def sign_in(self, name: str, level: str = "substantial") -> None:
        """Choose a test person at the e-ID (the page shown must be the provider's)."""
        assert self.page.url.startswith(self.demo.eid), f"not at the e-ID but at {self.page.url}"
        self.page.get_by_role("searchbox").fill(name.split()[0])
        self.page.get_by_role("searchbox").press("Enter")
        card = self.page.get_by_role("listitem").filter(has_text=name).first
        card.get_by_role("button", name=re.compile(level, re.IGNORECASE)).click()
        self.page.wait_for_url(f"{self.demo.portal}/**")

    def axe(self) -> list[str]:
        """Accessibility violations of the page as it is now, one line each."""
        from axe_playwright_python.sync_playwright import Axe

        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": tags}})
        return [
            f"{self.page.url}: {violation['id']}: {violation['help']}: {violation['nodes'][0]['html'][:200]}"
            for violation in found.response["violations"]
        ]


def _walker(context: BrowserContext, demo: Demo) -> Walker:
    page = context.new_page()
    walker = Walker(page, demo, [])
    page.on(
        "console", lambda message: walker.complaints.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: walker.complaints.append(str(error)))
    return walker


@pytest.fixture
def walk(browser: Browser, demo: Demo) -> Iterator[Any]:
    """A function that gives a fresh person: ``walk(width=390, javascript=False, language="ar")``."""
    contexts = []

    def start(*, width: int = 1280, javascript: bool = True, language: str = "en", **options: Any) -> Walker:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            locale=language,
            **options,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return _walker(context, demo)

    yield start
    for context in contexts:
        context.close()
