"""The flow of 16 nodes as BPMN for SpiffWorkflow (LGPL, installed only for the measurement)."""

import io
import json
import logging
from collections.abc import Callable
from typing import Any

NODES = [
    ("start", "startEvent"),
    ("a", "userTask"),
    ("choice", "exclusiveGateway"),
    ("b", "userTask"),
    ("merge", "exclusiveGateway"),
    ("split", "parallelGateway"),
    ("c", "userTask"),
    ("d", "userTask"),
    ("e", "userTask"),
    ("join", "parallelGateway"),
    ("rule", "scriptTask"),
    ("f", "userTask"),
    ("g", "userTask"),
    ("h", "userTask"),
    ("i", "userTask"),
    ("end", "endEvent"),
]
FLOWS = [
    *(
        ("start", "a"),
        ("a", "choice"),
        ("choice", "b"),
        ("choice", "merge"),
        ("b", "merge"),
        ("merge", "split"),
    ),
    *(("split", "c"), ("split", "d"), ("split", "e"), ("c", "join"), ("d", "join"), ("e", "join")),
    *(("join", "rule"), ("rule", "f"), ("f", "g"), ("g", "h"), ("h", "i"), ("i", "end")),
]


def bpmn() -> bytes:
    """The process as BPMN 2.0."""
    inside = {"rule": "<script>decided = True</script>"}
    nodes = "".join(
        f'<{kind} id="{name}"{_default(name)}>{inside.get(name, "")}</{kind}>' for name, kind in NODES
    )
    flows = "".join(
        f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">'
        f"{_condition(source, target)}</sequenceFlow>"
        for source, target in FLOWS
    )
    space = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    schema = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    process = f'<process id="flow" isExecutable="true">{nodes}{flows}</process>'
    return f'<definitions {space} {schema} targetNamespace="x">{process}</definitions>'.encode()


def _default(name: str) -> str:
    return ' default="choice-merge"' if name == "choice" else ""


def _condition(source: str, target: str) -> str:
    if (source, target) != ("choice", "b"):
        return ""
    return '<conditionExpression xsi:type="tFormalExpression">age &gt; 17</conditionExpression>'


def runner() -> tuple[Callable[[], object], Callable[[], int]]:
    """Two functions: run one case to its end; the size in bytes of a case half way. Raises ImportError."""
    from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
    from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
    from SpiffWorkflow.util.task import TaskState

    logging.getLogger("spiff").setLevel(logging.ERROR)  # what it says at each step is not measured
    parser = BpmnParser()
    parser.add_bpmn_io(io.BytesIO(bpmn()))
    spec = parser.get_spec("flow")
    data: dict[str, Any] = {"age": 20, "applicant": {"identifier": {"notation": "1"}}}

    def run(most: int = 100) -> Any:
        flow = BpmnWorkflow(spec)
        flow.data.update(data)
        flow.get_next_task(state=TaskState.READY).data.update(data)
        flow.do_engine_steps()
        for _ in range(most):
            ready = flow.get_tasks(state=TaskState.READY, manual=True)
            if not ready:
                break
            ready[0].run()
            flow.do_engine_steps()
        return flow

    def size() -> int:
        return len(json.dumps(BpmnWorkflowSerializer().to_dict(run(3))))

    finished = run()
    if not finished.is_completed():
        raise RuntimeError("the flow did not come to its end in SpiffWorkflow")
    return run, size
