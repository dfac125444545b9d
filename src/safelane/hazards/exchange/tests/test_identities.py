"""Columns that are called as those with names of people are, in whatever language."""

from __future__ import annotations

import pytest

from safelane.core.errors import InvalidInput
from safelane.core.jobs.progress import Progress
from safelane.exchange.imports import people
from safelane.exchange.imports.runner import import_file
from safelane.exchange.models import ImportRun
from safelane.hazards.exchange.tests.conftest import feature
from safelane.hazards.models import HazardousArea

pytestmark = pytest.mark.django_db


OF_THINGS = """
SHA name, CHA name, Name 2, Name 1, NAME EN, name:en, ADM1 NAME, adm2 name, ADM2 EN,
Rayon name, Tambon name, Muang name, Ban name, Kum name, Polygon name, Block name,
Plot name, Battle area name, Site name 1, Hill name, Suspected hazardous area name,
Confirmed area name, DHA name, MF name, Contaminated area name, IMSMA name, Name of
SHA, Display name, Full site name, Nearest village name, Nearest town name,
Hazardous area name, Gov name, Governorate name, Oblast name, Raion name, Khum name,
Phum name, Thôn name, Nom du site, Nom de la commune, Nom village, Nom local, Name
(Lao), Name (local), Name of place, Place name, Farm name, Canal name, Mountain
name, Grid name, Sheet name, Layer name, Group name, Operator name, Team name,
Implementing partner name, Clearance organisation name, Toponym name, Folder name,
Name lo, Name LA, Name AZ, gml name, Feature Name, Area Name (EN), Minefield
name/no., Zone Name;, ordnance name, UXO name, Munition name, Type name, Status
name, Tasking name, Task Order name, Dataset name, Priority name, Sector name, Ward
name, Cluster name, Strike name, Subtype name, Reporting organisation name, Operator
name, Creation date, Source of information, ຜູ້ໃຫ້ທຶນ
"""
OF_PEOPLE = """
Child name, Commander name, Farmer name, user name, Enumerator name, Guide name,
SubmitterName, SubmitterID, submitter name, _submitted_by, submitted by, username,
deviceid, subscriberid, phonenumber, simserial, Creator, Editor, created user, last
edited user, last editor, created by, updated by, Enumerator, Recorder, Interviewer,
Reporter, Deminer, Supervisor, Surveyor, Collector, Prepared by, Approved by,
Checked by, Verified by, collected by, team member, Team members, Staff, GPS
operator, Signature, Author, Owner of land, Farmer, Villager, Elder, Chief, Headman,
Host, Resident, Household, HH head, Respondent 1, Person, Informed by, told by,
Contact, Guide, local guide, Interpreter, Translator, Driver, Medic, Doctor, Nurse,
Relative, Brother, Wife, Husband, Son, Daughter, Widow, Child, Boy, Girl, Student,
Pupil, Teacher, Monk, Soldier, Casualty, Deceased, Dead, Killed person, Injured
name, Apellido, Familiya, Имя, Ф.И.О., ФИО, Свидетели, Житель, Хозяин, Владелец,
Староста, Исполнитель, Автор, Составил, Проверил, Подпись, Сапёр, Респондент,
İcraçı, Tərtib edən, Məsul şəxs, Sakin, Sahib, Sahibi, Bələdçi, Müəllif, İmza,
Qurban, ຊື່ ແລະ ນາມສະກຸນ, ຜູ້ເກັບກຳ, ຜູ້ສຳຫຼວດ, ພະຍານ, ຜູ້ສະໜອງຂໍ້ມູນ, ຜູ້ໃຫ້ສຳພາດ,
ຫົວໜ້າທີມ, ຜູ້ປະສົບໄພ, ຜູ້ເສຍຊີວິດ, ຜູ້ບັນທຶກ, ເຈົ້າຂອງ, ຫົວໜ້າຄອບຄົວ, ชื่อ-นามสกุล,
ผู้บันทึก, ผู้เสียชีวิต, ผู้บาดเจ็บ, เจ้าของที่ดิน, ผู้ใหญ่บ้าน, អ្នករាយការណ៍,
ជនរងគ្រោះ, ម្ចាស់ដី, មេភូមិ, Chủ đất, Người báo, Nạn nhân, Họ và tên, Trưởng thôn
"""


def headings(said):
    return [" ".join(name.split()) for name in said.split(",")]


def told_of_people():
    """Return every listed name of a column, and as people write some of them."""
    listed = {k: v for k, v in people._SAID.items() if k not in ("things", "bodies")}
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
            assert people.names_people(written), written
    for name in (
        "Area name", "Name of village", "Number of victims", "ຈຳນວນຜູ້ເຄາະຮ້າຍ", "ຊື່ບ້ານ",
        "Organisation", "ID number", "Surface", "Название", "Contamination", "Name",
        "Villages names", "Hazard_Name_EN", "Name_1", "Nom du village", "Team name",
    ):  # fmt: skip
        assert not people.names_people(name), name
    assert people.names_people("ИмяПострадавшего")


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


def test_headings_of_things_and_of_people_as_programs_and_offices_write_them():
    """Both lists stand together: what opens one must not close the other."""
    told = {n: people.names_people(n) for n in headings(OF_THINGS + "," + OF_PEOPLE)}
    assert [name for name in headings(OF_THINGS) if told[name]] == []
    assert [name for name in headings(OF_PEOPLE) if not told[name]] == []


@pytest.mark.parametrize(
    ("heading", "cells", "expected"),
    [
        ("Widow", ["2", "0", None, "1.0"], False),
        ("Widow", ["2", "Bouavanh"], True),
        ("ຜູ້ເສຍຊີວິດ", [3, 0], False),
        ("ຜູ້ເສຍຊີວິດ", [], True),
        ("Birth date", ["1980"], True),
        ("Q17", ["Mr. Khamla Notreal", "Ms Lek N."], True),
        ("Q17", ["ທ້າວ ສົມໃຈ", "ນາງ ແກ້ວ", "-"], True),
        ("Q17", ["Əliyev Rauf Həsən oğlu", "Иванов Пётр Ильич"], True),
        ("Q17", ["Ban Na Xai", "Muang Kham"], False),
    ],
)
def test_what_stands_in_a_column_says_whether_it_names_people(heading, cells, expected):
    assert (people.identity_columns({heading: cells}) == [heading]) is expected


def test_submitters_of_a_form_are_not_kept_with_an_area(begin, field):
    run = begin(feature(1, **{"_submitted_by": "Somchai", "SHA name": "Old school"}))
    import_file(run, Progress(field.manager))
    assert set(HazardousArea.objects.get().extra) == {"gps", "SHA name"}
