"""From the columns of a file to the fields of a target."""

from safelane.core.exchange.mapping.apply import (
    MappedBatch,
    apply_mapping,
    unknown_words,
)
from safelane.core.exchange.mapping.guess import guess_mapping
from safelane.core.exchange.mapping.model import (
    ROLES,
    FieldMapping,
    GeometryMapping,
    Mapping,
)
from safelane.core.exchange.mapping.targets import Choice, Target, TargetField

__all__ = [
    "ROLES",
    "Choice",
    "FieldMapping",
    "GeometryMapping",
    "MappedBatch",
    "Mapping",
    "Target",
    "TargetField",
    "apply_mapping",
    "guess_mapping",
    "unknown_words",
]
