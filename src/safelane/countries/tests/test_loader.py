"""Loading packs: what they hold, and how broken ones are refused."""

import shutil
from datetime import date

import pytest
from django.utils.translation import override

from safelane.countries import available_packs, load_pack
from safelane.countries.errors import (
    BadPack,
    UnknownList,
    UnknownPack,
    UnknownParameter,
    UnknownRule,
)
from safelane.countries.loader import BASE, ROOT, content_hash, read_pack

TODAY = date(2026, 11, 23)


@pytest.fixture
def folders(tmp_path):
    """Return copies of the Lao pack and the base that a test may break."""
    for name in ("laos", BASE):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path / "laos", tmp_path / BASE


def rewrite(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_two_pilots_come_along():
    assert available_packs() == ("azerbaijan", "laos")


def test_laos_and_azerbaijan_name_their_levels():
    with override("lo"):
        assert [lv.name for lv in load_pack("laos").levels] == ["ແຂວງ", "ເມືອງ", "ບ້ານ"]
    with override("az"):
        assert load_pack("azerbaijan").level_name(1) == "İqtisadi rayon"
    assert load_pack("laos").country_code == "LAO"
    assert load_pack("azerbaijan").utm_zones == (32638, 32639)


def test_unknown_pack_names_the_known_ones():
    with pytest.raises(UnknownPack, match="azerbaijan, laos"):
        load_pack("atlantis")
    with pytest.raises(UnknownPack):
        load_pack("../laos")


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("en", "Confirmed hazardous area"),
        ("az", "Təsdiqlənmiş təhlükəli ərazi"),
        ("lo", "ພື້ນທີ່ຢືນຢັນວ່າອັນຕະລາຍ"),
        ("az-latn", "Təsdiqlənmiş təhlükəli ərazi"),
        ("th", "Confirmed hazardous area"),
    ],
)
def test_labels_follow_the_language_and_fall_back_to_english(language, label):
    assert load_pack("laos").label("hazard_kind", "cha", language) == label
    with override(language):
        assert dict(load_pack("laos").choices("hazard_kind"))["cha"] == label


def test_machine_made_labels_are_marked_as_drafts():
    code = load_pack("laos").code_of("hazard_kind", "cha")
    assert code.drafts == {"az", "lo", "ru"}


def test_code_that_nobody_knows_stands_for_itself():
    assert load_pack("laos").label("terrain", "legacy 7") == "legacy 7"


def test_country_adds_to_a_list_or_replaces_it():
    laos, azerbaijan = load_pack("laos"), load_pack("azerbaijan")
    assert {"uxo", "large_bombs"} <= {c.code for c in laos.codes("contamination")}
    uses = [c.code for c in azerbaijan.codes("land_use")]
    assert "environment_science" in uses and "pasture" not in uses
    assert azerbaijan.code_list("land_use").title


def test_country_rule_wins_over_the_base():
    laos, azerbaijan = load_pack("laos"), load_pack("azerbaijan")
    assert laos.rule("position-accuracy").parameters["metres"] == 10
    assert azerbaijan.rule("position-accuracy").parameters["metres"] == 15
    assert laos.parameter("small_cell_minimum") == 5


def test_country_parameter_wins_over_the_base(folders):
    laos, base = folders
    rewrite(
        base / "parameters.yaml",
        "key: box_size_m\n  value: 50",
        "key: box_size_m\n  value: 40",
    )
    assert read_pack(laos, base).parameter("box_size_m") == 50
    rewrite(laos / "parameters.yaml", "key: box_size_m", "key: other_m")
    assert read_pack(laos, base).parameter("box_size_m") == 40


def test_unconfirmed_values_say_who_must_confirm():
    for pack in map(load_pack, available_packs()):
        for item in (*pack.parameters, *pack.all_rules):
            assert bool(item.note) or not item.confirm, item.key


def test_codes_and_rules_are_dated(folders):
    laos, base = folders
    old = "code: stockpile, "
    new = "code: stockpile, valid_from: 2020-01-01, valid_to: 2025-01-01, "
    rewrite(base / "codes" / "land.yaml", old, new)
    pack = read_pack(laos, base)

    def codes(on):
        return {c.code for c in pack.codes("hazard_kind", on)}

    assert "stockpile" in codes(date(2024, 12, 31))
    assert "stockpile" not in codes(date(2025, 1, 1)) | codes(date(2019, 12, 31))
    assert pack.label("hazard_kind", "stockpile", "en").startswith("Ammunition")


def test_version_changes_with_any_file(folders):
    laos, base = folders
    before = read_pack(laos, base).version
    assert before == load_pack("laos").version
    assert before.startswith("2026.1+")
    rewrite(base / "codes" / "land.yaml", "Suspected", "Suspect")
    assert read_pack(laos, base).version != before


def test_version_does_not_depend_on_line_ends(folders):
    laos, _base = folders
    before = content_hash([laos])
    path = laos / "pack.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert content_hash([laos]) == before


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        (
            "laos/pack.yaml",
            "country_code: LAO",
            "country: LAO",
            "“country” is not known",
        ),
        ("laos/pack.yaml", "iso2: LA", "iso2: 7", r"pack.yaml, iso2: must be text"),
        ("laos/pack.yaml", "west: 100.08", "west: 110", "west must lie west of east"),
        ("laos/pack.yaml", "iso2: LA", "iso2: LA\niso2: LO", "stands twice"),
        ("laos/pack.yaml", "languages: [", "languages: {", "laos/pack.yaml"),
        ("laos/rules.yaml", "severity: warn", "severity: loud", "block or warn"),
        ("laos/rules.yaml", "valid_from: 1900-01-01", "valid_from: soon", "a date"),
        ("base/rules.yaml", "valid_to: 2026-01-16", "valid_to: 2026-01-17", "same day"),
        ("base/codes/land.yaml", "code: cha,", "code: sha,", "“sha” stands twice"),
        ("base/codes/land.yaml", "{code: cha,", "{kode: cha,", "“code” is missing"),
        ("base/parameters.yaml", "unit: m\n", "unit: 5\n", r"unit: must be text"),
    ],
)
def test_broken_file_is_refused_with_its_name_and_key(folders, name, old, new, fault):
    laos, base = folders
    rewrite(laos.parent / name, old, new)
    with pytest.raises(BadPack, match=fault) as caught:
        read_pack(laos, base)
    assert name.rpartition("/")[2] in str(caught.value)


def test_missing_file_is_refused(folders):
    laos, base = folders
    (laos / "pack.yaml").unlink()
    with pytest.raises(BadPack, match="cannot be read"):
        read_pack(laos, base)


def test_asking_for_what_is_not_there_says_so():
    pack = load_pack("laos")
    with pytest.raises(UnknownList, match="colour_of_sky"):
        pack.codes("colour_of_sky")
    with pytest.raises(UnknownRule, match="no-such-rule"):
        pack.rule("no-such-rule")
    with pytest.raises(UnknownParameter, match="no_such_thing"):
        pack.parameter("no_such_thing")


@pytest.mark.parametrize("name", available_packs())
def test_every_code_has_its_label_in_the_languages_of_the_pilots(name):
    pack = load_pack(name)
    for code_list in pack.lists.values():
        assert code_list.titles.get("en") and code_list.source, code_list.name
        for code in code_list.codes:
            assert {"en", "lo", "az"} <= code.labels.keys(), (code_list.name, code.code)


@pytest.mark.parametrize("name", available_packs())
def test_parents_exist(name):
    pack = load_pack(name)
    categories = {c.code for c in pack.codes("ordnance_category", TODAY)}
    assert {c.parent for c in pack.codes("ordnance_subcategory", TODAY)} <= categories
