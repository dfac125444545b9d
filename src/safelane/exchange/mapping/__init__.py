"""From the columns of a file to the fields of a target."""

from safelane.exchange.mapping.apply import (
    MappedBatch,
    apply_mapping,
    unknown_words,
)
from safelane.exchange.mapping.guess import guess_mapping
from safelane.exchange.mapping.model import (
    ROLES,
    Choice,
    FieldMapping,
    GeometryMapping,
    Mapping,
    Target,
    TargetField,
)

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
