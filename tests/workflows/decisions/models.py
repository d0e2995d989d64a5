"""Small DMN models for the tests, written by the specification."""

MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def definitions(*parts: str, name: str = "m", more: str = "") -> bytes:
    """A model of these parts."""
    return (
        f'<definitions xmlns="{MODEL}" xmlns:own="urn:tool" name="{name}" namespace="urn:{name}" id="{name}"{more}>'
        + "".join(parts)
        + "</definitions>"
    ).encode()


def literal(text: str, kind: str = "") -> str:
    """A literal expression."""
    typed = f' typeRef="{kind}"' if kind else ""
    return f"<literalExpression{typed}><text>{text}</text></literalExpression>"


def decision(name: str, logic: str, kind: str = "", needs: tuple[str, ...] = ()) -> str:
    """A decision; needs begin with < for inputs, ! for knowledge, anything else for decisions."""
    tags = {"<": "Input", "!": "Knowledge"}
    found = "".join(
        f"<{kind_}Requirement><required{tags.get(need[0], 'Decision')} href='#{need.lstrip('<!')}'/></{kind_}Requirement>"
        for need in needs
        for kind_ in ["knowledge" if need[0] == "!" else "information"]
    )
    typed = f' typeRef="{kind}"' if kind else ""
    logic = logic if logic.startswith("<") else literal(logic)
    return f'<decision id="{name}" name="{name}"><variable name="{name}"{typed}/>{found}{logic}</decision>'


def given(name: str, kind: str = "") -> str:
    """Input data."""
    typed = f' typeRef="{kind}"' if kind else ""
    return f'<inputData id="{name}" name="{name}"><variable name="{name}"{typed}/></inputData>'


def knowledge(name: str, parameters: tuple[str, ...], logic: str, needs: str = "") -> str:
    """A business knowledge model."""
    formal = "".join(f'<formalParameter name="{one}"/>' for one in parameters)
    logic = logic if logic.startswith("<") else literal(logic)
    inner = f"<encapsulatedLogic>{formal}{logic}</encapsulatedLogic>{needs}"
    return f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"/>{inner}</businessKnowledgeModel>'


def table(
    policy: str, inputs: list[tuple[str, str]], outputs: list[str], rules: list[list[str]], more: str = ""
) -> str:
    """A decision table; outputs are whole elements."""
    made = f'<decisionTable hitPolicy="{policy}"{more}>'
    for text, kind in inputs:
        made += f'<input><inputExpression typeRef="{kind}"><text>{text}</text></inputExpression></input>'
    made += "".join(outputs)
    for rule in rules:
        made += "<rule>"
        made += "".join(f"<inputEntry><text>{cell}</text></inputEntry>" for cell in rule[: len(inputs)])
        made += "".join(f"<outputEntry><text>{cell}</text></outputEntry>" for cell in rule[len(inputs) :])
        made += "</rule>"
    return made + "</decisionTable>"
