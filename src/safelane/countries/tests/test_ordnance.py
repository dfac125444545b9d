"""The ordnance list: sourced, unique, and free of what must not be there."""

import re

import pytest

from safelane.countries import available_packs, load_pack
from safelane.countries.errors import BadPack
from safelane.countries.ordnance import (
    PATH,
    find_models,
    ordnance_model,
    ordnance_models,
    read_models,
)

# Words of handling, triggering and construction: identification needs none of them.
FORBIDDEN = re.compile(
    r"render|neutrali|disarm|safety pin|detonator|booster|striker|\barming|trigger"
    r"|force|newton|kilogram-force|filling|explosive mass|TNT|RDX|tetryl|wiring|circuit"
    r"|remove the|unscrew|how to",
    re.IGNORECASE,
)


def test_about_eighty_models_with_unique_ids_and_names():
    models = ordnance_models()
    assert 75 <= len(models) <= 100
    assert len({m.id for m in models}) == len(models)
    assert len({m.name for m in models}) == len(models)


def test_every_model_has_a_source_that_can_be_looked_up():
    for model in ordnance_models():
        assert model.sources and model.regions, model.id
        for source in model.sources:
            assert source.url.startswith(("http://", "https://")), source.key
            assert source.title and source.publisher


def test_every_source_is_used():
    used = {source.key for model in ordnance_models() for source in model.sources}
    text = PATH.read_text("utf-8").partition("models:")[0]
    listed = set(re.findall(r"^  ([\w-]+): \{title", text, re.MULTILINE))
    assert listed == used


@pytest.mark.parametrize("name", available_packs())
def test_categories_stand_in_the_code_lists(name):
    pack = load_pack(name)
    categories = {c.code for c in pack.code_list("ordnance_category").codes}
    parents = {c.code: c.parent for c in pack.code_list("ordnance_subcategory").codes}
    for model in ordnance_models():
        assert model.category in categories, model.id
        assert not model.subcategory or parents[model.subcategory] == model.category


def test_identification_facts_only():
    body = PATH.read_text("utf-8").partition("\nsources:")[2]
    models = body.partition("\nmodels:")[2]
    assert not FORBIDDEN.search(models), FORBIDDEN.search(models)


def test_sizes_are_plausible():
    for model in ordnance_models():
        assert all(10 <= size <= 5000 for size in (model.sizes or {}).values()), (
            model.id
        )
        assert model.mass_g is None or 50 <= model.mass_g <= 8_000_000, model.id


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("blu-26", {"blu-26"}),
        ("bombie", {"blu-26"}),
        ("claymore", {"m18a1"}),
        ("PMN e", {"pmn-e"}),
        ("no such model", set()),
    ],
)
def test_models_are_found_by_any_name(words, expected):
    found = {m.id for m in find_models(words)}
    assert expected <= found and bool(expected) == bool(found)


def test_search_by_category_and_unknown_models():
    assert {m.category for m in find_models("", "av_mine")} == {"av_mine"}
    assert ordnance_model("pmn").sizes["diameter_mm"] == 110
    assert ordnance_model("unheard-of") is None


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("id: pmn-2,", "id: pmn,", "“pmn” stands twice"),
        ("sources: [kb-pmn-4]", "sources: []", "no source"),
        ("sources: [kb-pmn-4]", "sources: [rumour]", "no source “rumour”"),
        ("fuze: pressure,", "fuze: magic,", "“magic” is none of"),
        ("regions: [laos, cambodia, azerbaijan]", "regions: [moon]", "“moon” is none"),
        ("mass_g: 550", "mass_g: heavy", "must be a number"),
        ("name: PMN,", "name: PMN, charge_g: 1,", "“charge_g” is not known"),
    ],
)
def test_broken_list_is_refused(tmp_path, old, new, fault):
    text = PATH.read_text("utf-8")
    assert old in text
    path = tmp_path / "ordnance.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BadPack, match=fault):
        read_models(path)
