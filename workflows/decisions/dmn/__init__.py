"""Decision models of DMN 1.1 to 1.5: read from XML, run, and written again with what we do not know kept.

``read_model(body)`` gives a :class:`Model` with its losses; ``Run(model, inputs, now=…)`` runs it.
"""

from workflows.decisions.dmn.model import Loss, Model, ModelRefused, Node, read_model
from workflows.decisions.dmn.running import Run

__all__ = ["Loss", "Model", "ModelRefused", "Node", "Run", "read_model"]
