"""A refused move, appealed: the citizen, the court's clerk, and somebody who is shown the decision."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys import moving
from tests.journeys.conftest import Demo, Walker

SOON = 45_000  # milliseconds
WHY = "The lease names Cooper Lane 5."
AGAIN = "Your move to Cooper Lane 5 is registered from today."

Walk = Callable[..., Walker]


@pytest.fixture(autouse=True)
def in_order(demo: Demo) -> Iterator[None]:
    """The register refuses nothing before and after."""
    yield
    demo.switch("npr", reject=False)


def refused(walker: Walker, demo: Demo, name: str) -> None:
    """A move that the register refuses, on the page of its case."""
    demo.switch("npr", reject=True)
    moving.begin(walker, name)
    moving.choose_movers(walker)
    moving.say_when(walker)
    moving.find_address(walker, moving.COOPER_LANE)
    moving.say_tenancy(walker)
    moving.save(walker)
    walker.open(f"/my/cases/{moving.send(walker)}/")
    for _ in range(60):  # without JavaScript the page stays as it is
        if walker.page.get_by_role("link", name="Appeal this decision").count():
            break
        walker.page.wait_for_timeout(500)
        walker.page.reload()
    demo.switch("npr", reject=False)


def appeal(walker: Walker) -> str:
    """The grounds, sent; return the appeal's number once the court has it."""
    walker.page.get_by_role("link", name="Appeal this decision").click()
    walker.page.get_by_role("button", name="Send the appeal").click()
    expect(walker.page.get_by_role("heading", name="There is a problem")).to_be_visible()
    walker.page.get_by_label("What is wrong with the decision?").fill(
        "It is another dwelling.\nSee the lease."
    )
    walker.page.get_by_role("button", name="Send the appeal").click()
    found = re.search(r"APP-[0-9A-Z]{4}-[0-9A-Z]{4}", walker.page.inner_text("main"))
    assert found, walker.page.inner_text("main")
    return found[0]


def matter(clerk: Walker, reference: str) -> None:
    """From signing in to the matter of an appeal."""
    for _ in range(60):
        clerk.open("/agency/")
        if clerk.page.url.startswith(clerk.demo.eid):
            clerk.sign_in("Ylva")
        row = clerk.page.get_by_role("row").filter(has_text=reference)
        if row.count():
            break
        clerk.page.wait_for_timeout(500)
    row.get_by_role("link").click()


def decide(clerk: Walker, outcome: str, reasons: str, law: str = "") -> None:
    """Fill the clerk's form and send it."""
    clerk.page.get_by_label(outcome).check()
    clerk.page.get_by_label("Reasons").fill(reasons)
    clerk.page.get_by_label("Legal reference").fill(law)
    clerk.page.get_by_role("button", name="Decide").click()


def decided_again(officer: Walker) -> None:
    """The register's officer finds what the court overturned, reads it and decides again."""
    officer.open("/agency/")
    officer.sign_in("Karin")
    row = officer.page.get_by_role("row").filter(has_text="A court has overturned a decision")
    row.get_by_role("link").first.click()
    assert officer.axe() == []
    expect(officer.page.get_by_text(WHY)).to_be_visible()
    officer.page.get_by_label("What have you decided now").fill(AGAIN)
    officer.page.get_by_role("button", name="Tell the citizen").click()
    expect(officer.page.get_by_text("Decided by Karin").first).to_be_visible()
    assert officer.axe() == []


def verdict(walker: Walker, path: Path) -> Walker:
    """What the public page says of a file."""
    walker.open("/decisions/verify/")
    walker.page.set_input_files("#document", path)
    walker.page.locator("main form button").click()
    assert walker.axe() == []
    return walker


def test_an_appeal_is_granted_and_its_decision_can_be_checked(walk: Walk, demo: Demo, tmp_path: Path) -> None:
    citizen, clerk = walk(), walk(width=390)
    refused(citizen, demo, "Oskar Sandberg")
    assert citizen.axe() == []
    reference = appeal(citizen)
    assert citizen.axe() == []
    matter(clerk, reference)
    assert clerk.axe() == []
    decide(clerk, "Ask the appellant", "Which flat does the lease name?")
    expect(clerk.page.get_by_text("Not answered yet.")).to_be_visible()
    citizen.open(f"/my/cases/{reference}/")
    citizen.page.get_by_role("link", name="Read and answer").click()
    assert citizen.axe() == []
    citizen.page.get_by_label("Your answer").fill("Number 5.")
    citizen.page.get_by_role("button", name="Send your answer").click()
    clerk.page.reload()
    expect(clerk.page.get_by_text("Number 5.")).to_be_visible()
    decide(clerk, "Grant the appeal", WHY)
    expect(clerk.page.get_by_role("heading", name="There is a problem")).to_be_visible()
    decide(clerk, "Grant the appeal", WHY, "Population Registration Act, section 6")
    expect(clerk.page.get_by_text("Decided by Ylva Sand").first).to_be_visible()
    assert clerk.axe() == []
    expect(citizen.page.get_by_text("The court has granted your appeal.").first).to_be_visible(timeout=SOON)
    assert citizen.axe() == []
    citizen.page.get_by_role("link", name=re.compile("^MOV-")).click()
    expect(citizen.page.get_by_text("this refusal no longer holds").first).to_be_visible()
    assert citizen.axe() == []
    decided_again(walk(width=390))
    citizen.page.reload()
    expect(citizen.page.get_by_text(AGAIN)).to_be_visible()
    assert citizen.axe() == []
    citizen.open(f"/my/cases/{reference}/")
    with citizen.page.expect_download() as download:
        citizen.page.get_by_role("link", name="The signed decision (PDF)").click()
    document, altered = tmp_path / "decision.pdf", tmp_path / "altered.pdf"
    download.value.save_as(document)
    expect(verdict(walk(width=390), document).page.get_by_text("The signature holds")).to_be_visible()
    content = bytearray(document.read_bytes())
    content[len(content) // 3] ^= 1
    altered.write_bytes(content)
    said = verdict(walk(), altered).page
    expect(said.get_by_role("alert")).to_contain_text("Do not rely on it")
    expect(said.get_by_text("The signature holds")).to_have_count(0)
    arabic = verdict(walk(language="ar", width=390), document).page
    expect(arabic.get_by_text("التوقيع صحيح")).to_be_visible()


def test_an_appeal_is_refused_without_javascript(walk: Walk, demo: Demo) -> None:
    citizen, clerk = walk(width=390, javascript=False), walk(javascript=False)
    refused(citizen, demo, "Tilde Sandberg")
    reference = appeal(citizen)
    matter(clerk, reference)
    decide(clerk, "Refuse the appeal", "The dwelling is full.", "Population Registration Act, section 9")
    citizen.open(f"/my/cases/{reference}/")
    for _ in range(60):
        if citizen.page.get_by_text("The court has refused your appeal.").count():
            break
        citizen.page.wait_for_timeout(500)
        citizen.page.reload()
    expect(citizen.page.get_by_text("The court has refused your appeal.").first).to_be_visible()
    expect(citizen.page.get_by_text("The dwelling is full.").first).to_be_visible()
    citizen.open("/my/messages/")
    expect(citizen.page.get_by_text("Your appeal was refused").first).to_be_visible()
