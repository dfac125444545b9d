"""Columns that are called as those with names of people are, in whatever language."""

from __future__ import annotations

import pytest

from safelane.core.jobs.progress import Progress
from safelane.exchange.imports import opening
from safelane.exchange.imports.runner import import_file
from safelane.hazards.exchange.tests.conftest import feature
from safelane.hazards.models import HazardousArea

pytestmark = pytest.mark.django_db


def told_of_people():
    """Return every listed name of a column, and as people write some of them."""
    for kind, said in opening._SAID.items():
        for word in said.split("," if kind == "pairs" else None):
            yield f"{word} name" if kind == "people" else " ".join(word.split())
    yield from (
        "Ф.И.О.", "Ф. И. О. заявителя", "Họ và tên", "ชื่อ-นามสกุล", "ຊື່ ແລະ ນາມສະກຸນ",
        "ເບີໂທຜູ້ແຈ້ງ", "លេខ\u200bទូរស័ព្ទ", "SOYADI, ADI", "DOĞUM TARİXİ", "ŞAHİD",
        "Witness name", "VillageChiefName", "Casualty name", "nameofvictim", "E-mail",
        "Contact No.", "Name of team leader", "Informant’s name"
    )  # fmt: skip


def test_every_listed_name_of_a_column_is_found_in_small_letters_and_capitals():
    azerbaijani = str.maketrans({"i": "İ", "ı": "I"})
    for name in told_of_people():
        for written in (name, name.upper(), name.translate(azerbaijani).upper()):
            assert opening.names_people(written), written
    for name in (
        "Area name", "Name of village", "Number of victims", "ຈຳນວນຜູ້ເຄາະຮ້າຍ", "ຊື່ບ້ານ",
        "Organisation", "ID number", "Surface", "Название", "Contamination",
    ):  # fmt: skip
        assert not opening.names_people(name), name
    assert opening.names_people("ИмяПострадавшего")


def test_names_of_people_under_lao_headings_are_not_kept(begin, field):
    run = begin(feature(1, **{"ຊື່ແລະນາມສະກຸນ": "ສົມໃຈ", "ວັນເດືອນປີເກີດ": "1980"}))
    assert run.holds_identities and run.file is None
    import_file(run, Progress(field.manager))
    assert set(HazardousArea.objects.get().extra) == {"gps"}
