"""The ordnance reference list: identification and reporting facts with their sources.

Nothing here tells how an item works inside, is triggered, moved or made safe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from safelane.countries.reading import Node, read_yaml

PATH = Path(__file__).parent / "base" / "ordnance.yaml"
SIZES = ("length_mm", "width_mm", "height_mm", "diameter_mm")
REGIONS = ("laos", "azerbaijan", "cambodia", "vietnam", "elsewhere")
FUZES = (
    "pressure",
    "tripwire",
    "tripwire or pressure",
    "tripwire or command",
    "pressure with self-destruction",
    "delay",
)
MODEL_KEYS = (
    "id",
    "name",
    "other_names",
    "category",
    "subcategory",
    "origin",
    *SIZES,
    "mass_g",
    "fuze",
    "case",
    "note",
    "regions",
    "sources",
)


@dataclass(frozen=True, slots=True)
class Source:
    """A public document that was looked at."""

    key: str
    title: str
    publisher: str
    url: str


@dataclass(frozen=True, slots=True)
class OrdnanceModel:
    """One model of ordnance; what no source states is empty.

    Args:
        category, subcategory: Codes of the country packs' ordnance lists.
        sizes: Name of the dimension -> millimetres.
        mass_g: Mass of the whole item, grams.
        fuze: How it is set off, in the broadest terms only.
        regions: Where a source reports it.
    """

    id: str
    name: str
    category: str
    sources: tuple[Source, ...]
    regions: tuple[str, ...]
    other_names: tuple[str, ...] = ()
    subcategory: str = ""
    origin: str = ""
    sizes: Mapping[str, float] | None = None
    mass_g: float | None = None
    fuze: str = ""
    case: str = ""
    note: str = ""

    @property
    def search_text(self) -> str:
        """Return all names in lower case, for finding a model by typing."""
        return " ".join((self.id, self.name, *self.other_names)).casefold()


@cache
def ordnance_models() -> tuple[OrdnanceModel, ...]:
    """Return the models in the order of the list.

    Raises:
        BadPack: The list cannot be used; the message names the row and the key.
    """
    return read_models(PATH)


def ordnance_model(model_id: str) -> OrdnanceModel | None:
    """Return one model, or None: reports may name models that are not listed."""
    return next((m for m in ordnance_models() if m.id == model_id), None)


def find_models(words: str, category: str = "") -> tuple[OrdnanceModel, ...]:
    """Return the models whose names hold all words, of one category or any."""
    wanted = words.casefold().split()
    return tuple(
        model
        for model in ordnance_models()
        if category in ("", model.category)
        and all(word in model.search_text for word in wanted)
    )


def read_models(path: Path) -> tuple[OrdnanceModel, ...]:
    """Read a list of models from a file.

    Raises:
        BadPack: See :func:`ordnance_models`.
    """
    document = read_yaml(path)
    document.only("sources", "models")
    sources = {key: _source(key, node) for key, node in document.get("sources").items()}
    models: dict[str, OrdnanceModel] = {}
    for row in document.get("models").rows():
        model = _model(row, sources)
        if model.id in models:
            raise row.fault(f"the model “{model.id}” stands twice.")
        models[model.id] = model
    return tuple(models.values())


def _source(key: str, node: Node) -> Source:
    node.only("title", "publisher", "url")
    return Source(key, node.text("title"), node.text("publisher"), node.text("url"))


def _model(row: Node, sources: Mapping[str, Source]) -> OrdnanceModel:
    row.only(*MODEL_KEYS)
    return OrdnanceModel(
        id=row.text("id"),
        name=row.text("name"),
        category=row.text("category"),
        sources=_sources(row, sources),
        regions=_known(row, "regions", REGIONS),
        other_names=row.texts("other_names"),
        subcategory=row.text("subcategory", ""),
        origin=row.text("origin", ""),
        sizes={name: row.number(name) for name in SIZES if row.has(name)},
        mass_g=row.number("mass_g") if row.has("mass_g") else None,
        fuze=_fuze(row),
        case=row.text("case", ""),
        note=row.text("note", ""),
    )


def _sources(row: Node, sources: Mapping[str, Source]) -> tuple[Source, ...]:
    keys = row.texts("sources")
    if not keys:
        raise row.fault("the model has no source.")
    for key in keys:
        if key not in sources:
            raise row.fault(f"there is no source “{key}”.")
    return tuple(sources[key] for key in keys)


def _known(row: Node, name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    values = row.texts(name)
    for value in values:
        if value not in known:
            raise row.fault(f"{name}: “{value}” is none of {', '.join(known)}.")
    return values


def _fuze(row: Node) -> str:
    fuze = row.text("fuze", "")
    if fuze and fuze not in FUZES:
        raise row.fault(f"fuze: “{fuze}” is none of {', '.join(FUZES)}.")
    return fuze
