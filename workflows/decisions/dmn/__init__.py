"""Decision models of DMN 1.1 to 1.5: read from XML, run, and written again with what we do not know kept.

``read_model(body)`` gives a :class:`Model` with its losses; ``Run(model, inputs, now=…)`` runs it.
"""

from workflows.decisions.dmn.exporting import export_table
from workflows.decisions.dmn.importing import Imported, import_tables
from workflows.decisions.dmn.model import Loss, Model, ModelRefused, Node, read_model
from workflows.decisions.dmn.running import Run

__all__ = [
    "Imported",
    "Loss",
    "Model",
    "ModelRefused",
    "Node",
    "Run",
    "export_table",
    "import_tables",
    "read_model",
]
