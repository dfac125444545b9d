"""Which columns of a file look as if they held identities of people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_BREAK = re.compile(r"[\W_]+|(?<=[a-zа-я])(?=[A-ZА-Я])")
# Words of column names, and two words that follow each other; English, Russian,
# Azerbaijani, Lao, Thai, Khmer, Vietnamese.
_SAID = {
    "words": """phone telephone tel cellphone whatsapp email passport surname
    firstname lastname fullname dob birthdate patronymic guardian телефон фамилия имя
    отчество паспорт фио telefon soyad soyadı pasport ເບີໂທ ໂທລະສັບ ນາມສະກຸນ
    โทรศัพท์ เบอร์โทร นามสกุล ទូរស័ព្ទ លេខទូរស័ព្ទ""",
    "pairs": """first name, last name, family name, given name, full name,
    middle name, father name, mother name, victim name, person name, contact name,
    informant name, owner name, patient name, reporter name, name victim, name person,
    name informant, name contact, name owner, birth date, date birth, id card,
    identity card, national id, passport no, mobile phone, mobile number, mobile no,
    contact number, phone number, next kin, home address, дата рождения,
    номер телефона, doğum tarixi, số điện, họ tên""",
    "whole": """mobile address contact fio adı ad soyad ຊື່ແລະນາມສະກຸນ ວັນເດືອນປີເກີດ
    ชื่อสกุล""",
}
_WORDS, _WHOLE = (frozenset(_SAID[kind].split()) for kind in ("words", "whole"))
_PAIRS = frozenset(" ".join(pair.split()) for pair in _SAID["pairs"].split(","))
_FILLERS = frozenset({"of", "the", "s", "и", "de"})
_TELEPHONE = re.compile(r"(\+|00?)[\s()./-]*\d(?:[\s()./-]*\d){7,13}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.\w+")


def identity_columns(columns: Mapping[str, Iterable[Any]]) -> list[str]:
    """Return the columns that look so, by their names or by what stands in them."""
    return [n for n, v in columns.items() if names_people(n) or _tells_people(v)]


def names_people(column: str) -> bool:
    """Say whether a column is called as one with identities is."""
    words = [w.casefold() for w in _BREAK.split(column) if w]
    words = [w for w in words if w not in _FILLERS]
    pairs = {f"{one} {other}" for one, other in zip(words, words[1:], strict=False)}
    return bool(
        _WORDS & set(words)
        or _PAIRS & pairs
        or (len(words) == 1 and words[0] in _WHOLE)
    )


def _tells_people(cells: Iterable[Any]) -> bool:
    """Say whether half of the texts are telephone numbers or addresses of mail."""
    texts = [cell.strip() for cell in cells if isinstance(cell, str) and cell.strip()]
    told = sum(bool(_TELEPHONE.fullmatch(t) or _EMAIL.fullmatch(t)) for t in texts)
    return bool(texts) and 2 * told >= len(texts)
