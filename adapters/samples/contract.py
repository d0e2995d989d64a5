"""The XML side of a contract, ready to make samples: model, codecs and validator of one schema set."""

from typing import Any

from adapters.contracts.markup import Validator
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import Violation
from adapters.samples import keys
from adapters.samples.text import NoExample
from adapters.samples.xml import XmlSampler
from adapters.xsd.codec import Codecs
from adapters.xsd.components import NotCompiled
from adapters.xsd.model import Model

SEEDS = 20  # tried in turn, until the schema agrees: key constraints and the like are not worked out


class XmlContract:
    """One schema set. Safe for several threads."""

    def __init__(self, schemas: SchemaSet) -> None:
        self.schemas = schemas
        self.model = Model(schemas)
        self.codecs = Codecs(self.model)
        self.validator = Validator(schemas.compile)

    def sample(self, name: str, *, full: bool = False, seed: int = 0) -> Any:
        """A valid element by Clark name; raises NoExample with what the schema says against the last try."""
        reason = ""
        for turn in range(SEEDS):
            try:
                everything = full or turn > SEEDS // 2  # keys are made of what is optional by itself
                found = XmlSampler(self.model, full=everything, seed=seed * SEEDS + turn).element(name)
                if turn:  # the first try was refused, by a reference perhaps
                    keys.refer(self.schemas, found)
                self.validator.check(found)
                return found
            except NotCompiled as error:
                raise NoExample(name, str(error)) from error
            except NoExample as error:
                reason = error.reason
            except Violation as error:
                reason = f"{error.path}: {error.message}"
        raise NoExample(name, reason)
