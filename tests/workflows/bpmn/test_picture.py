"""Pictures and texts of flows: nothing overlaps, everything is drawn and told."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.workflows.bpmn.made import FILES, by_chance, every_definition
from workflows.bpmn.building import flow_of
from workflows.bpmn.drawing import STYLE_OF_PAGES, picture
from workflows.bpmn.flow import Flow
from workflows.bpmn.layout import Box, Layout, lay_out
from workflows.bpmn.telling import Item, as_text, tell
from workflows.definitions.checks.shape import check
from workflows.definitions.loading import parsed
from workflows.definitions.model import every_block
from workflows.service_cli import main

SVG = "{http://www.w3.org/2000/svg}"
MANY = range(150)


def faults(flow: Flow, layout: Layout) -> list[str]:
    """Boxes that lie on each other, outside their group or outside the picture; ways through boxes."""
    found = []
    sized = {key: box for key, box in layout.boxes.items() if box.width}
    borders = {node.id for node in flow.nodes.values() if node.host}
    whole = Box(0, 0, layout.width, layout.height)
    for key, box in sized.items():
        group = flow.nodes[key].group
        if not whole.holds(box):
            found.append(f"{key} is outside")
        if group and not sized[group].holds(box):
            found.append(f"{key} is outside {group}")
        for other, its in sized.items():
            if (
                key < other
                and not {key, other} & borders
                and box.overlaps(its)
                and not _around(flow, key, other)
            ):
                found.append(f"{key} lies on {other}")
    for edge in flow.edges.values():
        for box in _legs(layout.ways.get(edge.id, [])):
            for key, its in sized.items():
                if key in (edge.source, edge.target) or _around(flow, key, edge.source):
                    continue
                if key not in borders and its.overlaps(box) and key != flow.nodes[edge.source].host:
                    found.append(f"{edge.id} crosses {key}")
    return found


def _around(flow: Flow, one: str, other: str) -> bool:
    """Whether one of two is a group around the other."""
    return one in _groups(flow, other) or other in _groups(flow, one)


def _groups(flow: Flow, key: str) -> list[str]:
    found = []
    while key := flow.nodes[key].group:
        found.append(key)
    return found


def _legs(points: list[tuple[float, float]]) -> list[Box]:
    return [
        Box(min(a, c) + 0.1, min(b, d) + 0.1, max(abs(a - c) - 0.2, 0.1), max(abs(b - d) - 0.2, 0.1))
        for (a, b), (c, d) in zip(points, points[1:], strict=False)
    ]


def test_chance_makes_definitions_of_a_sound_shape() -> None:
    made = [by_chance(seed) for seed in MANY]
    assert [check(one) for one in made] == [[]] * len(made)
    assert len({block["kind"] for one in made for block in every_block(one["steps"])}) == 18
    assert max(len(list(every_block(one["steps"]))) for one in made) >= 80


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_boxes_of_every_definition_stand_apart(path: Path) -> None:
    flow = flow_of(parsed(path))
    assert faults(flow, lay_out(flow, STYLE_OF_PAGES)) == []


def test_boxes_of_any_definition_stand_apart() -> None:
    for seed in MANY:
        flow = flow_of(by_chance(seed))
        assert (seed, faults(flow, lay_out(flow, STYLE_OF_PAGES))) == (seed, [])


def test_a_picture_draws_every_step_with_its_words() -> None:
    for document in [*every_definition(), *map(by_chance, range(30))]:
        flow = flow_of(document)
        root = ElementTree.fromstring(picture(flow))
        assert root.find(f"{SVG}title").text == f"How “{document['title']}” goes"  # type: ignore[union-attr]
        titles = " ".join(node.text or "" for node in root.iter(f"{SVG}title"))
        words = " ".join(node.text or "" for node in root.iter(f"{SVG}text"))
        for node in flow.nodes.values():
            if node.block is not None and node.element not in ("subProcess", "endEvent"):
                assert node.label in titles
                assert node.label.split()[0] in words


def test_a_picture_is_the_same_each_time() -> None:
    for seed in range(10):
        assert picture(flow_of(by_chance(seed))) == picture(flow_of(by_chance(seed)))


def test_the_current_step_is_marked_once() -> None:
    root = ElementTree.fromstring(picture(flow_of(every_definition()[-1]), current=["co-sign"]))
    marked = [node for node in root.iter() if node.get("aria-current") == "step"]
    assert [node.find(f"{SVG}title").text for node in marked] == [  # type: ignore[union-attr]
        "Co sign. Others agree, up to 7 days"
    ]


def test_a_picture_inside_a_page_has_no_style_of_its_own() -> None:
    assert "<style" not in picture(flow_of(every_definition()[0]), alone=False)


def told(items: list[Item]) -> list[str]:
    return [step for item in items for step in [item.step, *told(item.inner)] if step]


def test_the_text_names_every_step_in_order() -> None:
    for document in [*every_definition(), *map(by_chance, MANY)]:
        steps = [block["id"] for block in every_block(document["steps"])]
        assert told(tell(flow_of(document))) == steps


def test_the_text_of_moving_house_reads_as_a_list() -> None:
    text = as_text(tell(flow_of(next(one for one in every_definition() if one["version"] == 3))))
    assert "3. Co sign. Others agree, up to 7 days.\n" in text
    assert "7. Only if officer outcome is known: Confirm move. Tell NPR.\n" in text
    assert "   1. If it is refused: a caseworker of NPR looks at it.\n" in text
    assert "10. Only if decision registered is no: The case ends: refused.\n" in text


def test_the_command_draws_a_service_into_a_file(tmp_path: Path, capsys: Any) -> None:
    assert main(["picture", "moving-house", "--output", str(tmp_path / "x.svg")]) == 0
    assert ElementTree.parse(tmp_path / "x.svg").getroot().tag == f"{SVG}svg"
    assert main(["picture", str(FILES[0]), "--text"]) == 0
    assert capsys.readouterr().out.startswith("1. ")


def test_the_command_says_what_is_not_there(tmp_path: Path, capsys: Any) -> None:
    assert main(["picture", "flying"]) == 2
    assert "no service 'flying'; services are appeal, " in capsys.readouterr().err
    (tmp_path / "bad.json").write_text('{"service": "x"}')
    assert main(["picture", str(tmp_path / "bad.json")]) == 1
    assert "title is missing" in capsys.readouterr().err
