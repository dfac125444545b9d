"""Country packs: what differs from country to country, as versioned YAML."""

from safelane.countries.loader import available_packs, load_pack
from safelane.countries.pack import (
    AdminLevel,
    Code,
    CodeList,
    CountryPack,
    Parameter,
    Rule,
)

__all__ = [
    "AdminLevel",
    "Code",
    "CodeList",
    "CountryPack",
    "Parameter",
    "Rule",
    "available_packs",
    "load_pack",
]
