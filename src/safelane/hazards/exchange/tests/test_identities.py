"""Columns that are called as those with names of people are, in whatever language."""

from __future__ import annotations

import pytest

from safelane.core.errors import InvalidInput
from safelane.core.jobs.progress import Progress
from safelane.exchange.imports import opening
from safelane.exchange.imports.runner import import_file
from safelane.exchange.models import ImportRun
from safelane.hazards.exchange.tests.conftest import feature
from safelane.hazards.models import HazardousArea

pytestmark = pytest.mark.django_db


def told_of_people():
    """Return every listed name of a column, and as people write some of them."""
    listed = {k: v for k, v in opening._SAID.items() if k != "things"}
    for kind, said in listed.items():
        for word in said.split("," if kind == "pairs" else None):
            yield f"{word} name" if kind == "people" else " ".join(word.split())
    yield from (
        "Ф.И.О.", "Ф. И. О. заявителя", "Họ và tên", "ชื่อ-นามสกุล", "ຊື່ ແລະ ນາມສະກຸນ",
        "ເບີໂທຜູ້ແຈ້ງ", "លេខ\u200bទូរស័ព្ទ", "SOYADI, ADI", "DOĞUM TARİXİ", "ŞAHİD",
        "Witness name", "VillageChiefName", "Casualty name", "nameofvictim", "E-mail",
        "Contact No.", "Name of team leader", "Informant’s name", "Child name",
        "Head of household", "Injured person", "Nom de la victime", "Family book no",
        "WhatsApp", "Village head", "Məlumat verən", "Тел.", "ຜູ້ຖືກເຄາະຮ້າຍ",
        "Finder name", "Enumerator_Name", "Farmer names", "Həlak olan", "Погибший",
    )  # fmt: skip


def test_every_listed_name_of_a_column_is_found_in_small_letters_and_capitals():
    azerbaijani = str.maketrans({"i": "İ", "ı": "I"})
    for name in told_of_people():
        for written in (name, name.upper(), name.translate(azerbaijani).upper()):
            assert opening.names_people(written), written
    for name in (
        "Area name", "Name of village", "Number of victims", "ຈຳນວນຜູ້ເຄາະຮ້າຍ", "ຊື່ບ້ານ",
        "Organisation", "ID number", "Surface", "Название", "Contamination", "Name",
        "Villages names", "Hazard_Name_EN", "Name_1", "Nom du village", "Team name",
    ):  # fmt: skip
        assert not opening.names_people(name), name
    assert opening.names_people("ИмяПострадавшего")


def test_names_of_people_under_lao_headings_are_not_kept(begin, field):
    run = begin(feature(1, **{"ຊື່ແລະນາມສະກຸນ": "ສົມໃຈ", "ວັນເດືອນປີເກີດ": "1980"}))
    assert run.holds_identities and run.file is None
    import_file(run, Progress(field.manager))
    assert set(HazardousArea.objects.get().extra) == {"gps"}


@pytest.mark.parametrize("heading", ["+856 20 5559 9887", "34", "a@b.la", "12/05/2024"])
def test_a_file_of_people_without_headings_is_not_kept(begin, heading):
    """Its first row would lie open as names of columns until the import ends."""
    with pytest.raises(InvalidInput, match="Add a row of headings"):
        begin(feature(1, **{heading: "x", "Victim name": "y"}))
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("heading", ["2024", "Column 3", "Phone 1"])
def test_years_and_numbered_names_are_headings(begin, heading):
    assert begin(feature(1, **{heading: "x", "Victim name": "y"})).holds_identities
