"""Columns that may hold identities of people, by their names and what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from safelane.exchange.mapping.names import folded, words_of

# Names of columns in English, French, Russian, Azerbaijani, Lao, Thai, Khmer and
# Vietnamese: words, two words that follow each other, and what tells it within a word.
_SAID = {
    "words": """fio tel cellphone forename firstname lastname fullname givenname
    whatsapp dob birthdate birthday patronymic guardian prénom имя фио soyad soyadı
    pasport sđt""",
    "pairs": """first name, last name, family name, given name, full name,
    middle name, birth date, date birth, year birth, id card, identity card,
    national id, mobile number, mobile no, cell no, cell number, contact person,
    contact number, contact no, next kin, home address, reported by, village chief,
    team leader, village head, key informant, focal point, contact details, whats app,
    interviewed person, владелец земли, год рождения, контактное лицо, дата рожд,
    doğum ili, torpaq sahibi, mobil nömrə, şahidin adı, head household, family book,
    injured person, nom victime,
    дата рождения,
    submitted by, created by, updated by, edited by, modified by, prepared by,
    approved by, checked by, verified by, collected by, entered by, recorded by,
    interviewed by, informed by, told by, signed by, witnessed by, created user,
    edited user, last editor, submitter id, team member, team members, owner land,
    hh head, local guide, killed person, gps operator, tərtib edən, məsul şəxs,
    nạn nhân, chủ đất, trưởng thôn, người báo, người dân,
    имя пострадавшего, doğum tarixi, zərərçəkənin adı, əlaqədar şəxs, əlaqə nömrəsi,
    số điện, họ tên, tên nạn""",
    "within": """phone email passport surname telefon телефон паспорт фамили отчеств
    ເບີໂທ ໂທລະສັບ ນາມສະກຸນ ວັນເດືອນປີເກີດ ຊື່ຜູ້ โทรศัพท์ เบอร์โทร นามสกุล ชื่อสกุล ชื่อผู้
    ទូរស័ព្ទ លេខទូរស័ព្ទ ឈ្មោះជនរងគ្រោះ""",
    "whole": """mobile address contact names nom adı ad saa əlaqə şahid victim informant
    owner landowner patient respondent interviewee witness claimant пострадавший
    заявитель свидетель информатор очевидец адрес тел headman informer casualty ünvan
    məlumatverən ຜູ້ຖືກເຄາະຮ້າຍ ນາຍບ້ານ ຊື່ຄົນເຈັບ ເຈົ້າຂອງທີ່ດິນ ผู้ให้ข้อมูล погибший раненый
    zərərçəkən yaralı həlakolan ຜູ້ເຄາະຮ້າຍ
    ຊື່ນາຍບ້ານ โทร username deviceid subscriberid simserial simid imei creator editor
    lasteditedby apellido familiya автор составил проверил утвердил подпись староста
    хозяин владелец житель исполнитель респондент сапер свидетели пострадавшие
    müəllif imza icraçı sakin sahib sahibi bələdçi qurban""",
    # Who somebody is: whole names of columns too, of those that do not count them.
    "roles": """enumerator recorder interviewer reporter deminer supervisor surveyor
    collector farmer villager elder chief host resident household person guide
    interpreter translator driver medic doctor nurse relative brother sister wife
    husband son daughter widow child boy girl student pupil teacher monk soldier
    deceased dead injured survivor staff signature author""",
    # How the name of a column begins: Lao, Thai and Khmer for “one who”, owner, head.
    "begin": """ຜູ້ ພະຍານ ເຈົ້າຂອງ ຫົວໜ້າ ผู้ พยาน เจ้าของ หัวหน้า กำนัน អ្នក ជនរងគ្រោះ ម្ចាស់
    មេភូមិ ប្រធានក្រុម សាក្សី""",
    # Of these, one who gives or carries out is an organisation.
    "bodies": """ທຶນ ດຳເນີນ ປະຕິບັດ ສະໜັບສະໜູນ ทุน ดำเนิน ปฏิบัติ สนับสนุน ផ្តល់ជំនួយ""",
    # Whose name a column may hold: “name of X”, “X name”.
    "people": """father mother parent victim person contact informant owner landowner
    patient reporter deceased casualty survivor injured respondent interviewee
    interviewer witness beneficiary claimant surveyor leader chief head deminer""",
    # Of these, and of nobody, a “name” is not of a person.
    "things": """village district province commune country region state town city area
    areas zone place site location hazard minefield field polygon map sheet team unit
    organisation organization operator agency company ngo partner donor project task
    file layer local common official short other old new english lao khmer thai russian
    azerbaijani river road bridge school hospital station camp base mine ordnance item
    device munition weapon model type kind category class status code reference
    accident incident event report survey activity land feature object column table
    admin administrative subdistrict sub name names no number id uid en az ru th km vi
    my settlement community municipality nom landmark benchmark dataset source
    form sha cha dha mf bac erw uxo eo eod hazardous suspected confirmed defined
    contaminated contamination cleared released battle strike cluster target adm
    rayon raion oblast governorate gov ward sector khum kum phum khet srok sangkat
    tambon amphoe changwat muang ban khoueng kumban thon xa huyen tinh imsma gml
    folder document placemark track route waypoint photo picture image attachment
    group block plot parcel grid segment line section canal mountain hill farm forest
    stream lake pond dam spring pagoda temple market clinic health post crossing
    factory building field park display full nearest closest main former previous
    current original primary secondary alternative alternate la lo implementing
    clearance reporting toponym tasking order priority subtype schema
    operation operations office department ministry""",
}
_WORDS, _WITHIN, _WHOLE, _PEOPLE, _THINGS, _ROLES, _BEGIN, _BODIES = (
    frozenset(map(folded, _SAID[kind].split()))
    for kind in (
        *("words", "within", "whole", "people", "things", "roles", "begin", "bodies"),
    )
)
_PAIRS = frozenset(" ".join(words_of(pair)) for pair in _SAID["pairs"].split(","))
_WITHIN |= {f"{who}name" for who in _PEOPLE} | {f"nameof{who}" for who in _PEOPLE}
_FILLERS = frozenset({"of", "the", "s", "и", "de", "du", "des", "va"})
_DIGITS = "0123456789"
_INITIALS = re.compile(r"\b[A-ZА-Я](?:[. ]+[A-ZА-Я]\b)+")
_TELEPHONE = re.compile(r"(\+|00?)[\s()./-]*\d(?:[\s()./-]*\d){7,13}")
# Years may head columns of counts.
_VALUE = re.compile(r"(?!(19|20)\d\d$)[+(]?\d[\d\s.,:/()+-]*|[^@\s]+@[^@\s]+\.\w+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.\w+")
# What stands before names of people, and the names of fathers in them.
_ADDRESSED = re.compile(
    r"(mr|mrs|ms|miss)\b\.? *\w+.*|(ທ້າວ|ທ່ານ|ນາງ|นาย|นาง|นางสาว|លោក) *\w+.*"
    r"|(ông|chị) \w+.*|.*\w (oğlu|qızı|оглы|кызы|гызы)\b.*"
    r"|.*\w(ович|евич|ьич|овна|евна|ична)\b.*",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\d{1,5}(\.0+)?|yes|no", re.IGNORECASE)


def identity_columns(columns: dict[str, list[Any]]) -> list[str]:
    """Return the columns that look so, by their names or by what stands in them.

    Half of the texts of such a column are telephone numbers, addresses of mail, or
    names as people are addressed.
    """
    looks = _TELEPHONE, _EMAIL, _ADDRESSED
    found = []
    for name, cells in columns.items():
        texts = [c.strip() for c in cells if isinstance(c, str) and c.strip()]
        told = sum(any(look.fullmatch(text) for look in looks) for text in texts)
        if names_people(name, cells) or (texts and 2 * told >= len(texts)):
            found.append(name)
    return found


def names_people(column: str, cells: Sequence[Any] = ()) -> bool:
    """Say whether a column is called as one with identities is.

    Args:
        cells: What stands in it: a column that only counts people names none.
    """
    said = _INITIALS.sub(lambda initials: folded(initials[0]), column)
    words = [word.rstrip(_DIGITS) for word in words_of(said)]
    words = [word for word in words if word and word not in _FILLERS]
    whole = "".join(words)
    # A name beside any word that is no place and no thing.
    is_of_somebody = {"name", "names", "nom"} & {*words} and not all(
        map(_is_thing, words)
    )
    words += [word.removesuffix("s") for word in words]
    pairs = {f"{one} {other}" for one, other in zip(words, words[1:], strict=False)}
    return bool(
        _WORDS.intersection(words)
        or _PAIRS & pairs
        or whole in _WHOLE
        or any(part in whole for part in _WITHIN)
        or ("name" in words and _PEOPLE.intersection(words))
        or is_of_somebody
        or (_is_role(whole) and not _counts(cells))
    )


def _is_thing(word: str) -> bool:
    return word in _THINGS or word.removesuffix("s") in _THINGS


def _is_role(whole: str) -> bool:
    begins = whole.startswith(tuple(_BEGIN))
    return whole in _ROLES or begins and not any(body in whole for body in _BODIES)


def _counts(cells: Sequence[Any]) -> bool:
    """Say whether cells hold nothing but numbers, up to five digits, or yes and no."""
    stated = [text for cell in cells if (text := str(cell or "").strip())]
    return bool(stated) and all(map(_COUNTED.fullmatch, stated))


def heading_of_values(columns: Iterable[str]) -> bool:
    """Say whether the first row seems to hold values: a telephone, an age, a day."""
    return any(_VALUE.fullmatch(name.strip()) for name in columns)
