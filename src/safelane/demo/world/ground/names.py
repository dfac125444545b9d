"""Invented names: plausible in Lao and Azerbaijani, of no real place or person."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

LAO_FIRST = {
    "Na": "ນາ",
    "Phon": "ໂພນ",
    "Houay": "ຫ້ວຍ",
    "Nong": "ໜອງ",
    "Don": "ດອນ",
    "Xieng": "ຊຽງ",
    "Phou": "ພູ",
    "Tha": "ທ່າ",
    "Non": "ໂນນ",
    "Lat": "ລາດ",
    "Khok": "ໂຄກ",
    "Vang": "ວັງ",
    "Thong": "ທົ່ງ",
    "Keng": "ແກ້ງ",
    "Pak": "ປາກ",
    "Sop": "ສົບ",
}
LAO_SECOND = {
    "Saeng": "ແສງ",
    "Mai": "ໃໝ່",
    "Neua": "ເໜືອ",
    "Tai": "ໃຕ້",
    "Keo": "ແກ້ວ",
    "Ngam": "ງາມ",
    "Savang": "ສະຫວ່າງ",
    "Xai": "ໄຊ",
    "Thong": "ທອງ",
    "Kham": "ຄຳ",
    "Dong": "ດົງ",
    "Sai": "ຊາຍ",
    "Hin": "ຫີນ",
    "Bone": "ບົນ",
    "Lom": "ລົມ",
    "Mon": "ມອນ",
    "Champa": "ຈຳປາ",
    "Boua": "ບົວ",
    "Phai": "ໄຜ່",
    "Ban": "ບານ",
    "Soung": "ສູງ",
    "Kang": "ກາງ",
}
AZ_FIRST = ("", "Yuxarı ", "Aşağı ", "Böyük ", "Kiçik ", "Yeni ", "Orta ")
AZ_ROOT = (
    "Çinar", "Bulaq", "Söyüd", "Palıd", "Nar", "Qovaq", "Zoğal", "Tut", "Badam",
    "Bağ", "Dağ", "Təpə", "Dərə", "Gül", "Şəfəq", "Günəş", "Qaya", "Çəmən", "Sədəf",
    "Tərlan", "Ceyran", "Durna",
)  # fmt: skip
AZ_ENDING = {
    "l": "",
    "kənd": "kənd",
    "abad": "abad",
    "oba": "oba",
    "təpə": "təpə",
    "dərə": "dərə",
    "çay": "çay",
}
HARMONY = {
    "a": "lı",
    "ı": "lı",
    "o": "lu",
    "u": "lu",
    "e": "li",
    "ə": "li",
    "i": "li",
    "ö": "lü",
    "ü": "lü",
}
PLAIN = str.maketrans("əğışçöüĞƏİŞÇÖÜ", "agiscouGAISCOU")

LAO_GIVEN = {
    "female": {"Noy": "ນ້ອຍ", "Keo": "ແກ້ວ", "Boua": "ບົວ", "Dao": "ດາວ",
               "Malai": "ມາໄລ", "Vilay": "ວິໄລ", "Sone": "ສອນ"},
    "male": {"Bounthong": "ບຸນທອງ", "Kham": "ຄຳ", "Sai": "ໄຊ", "Somdy": "ສົມດີ",
             "Thong": "ທອງ", "Vong": "ວົງ", "Xang": "ຊ້າງ"},
}  # fmt: skip
AZ_GIVEN = {
    "female": ("Aynur", "Gülnar", "Lalə", "Nərgiz", "Səbinə", "Günay", "Xəyalə"),
    "male": ("Elçin", "Rəşad", "Tural", "Vüqar", "Nicat", "Orxan", "Samir"),
}
# Family names that say in the local language that they are samples.
SAMPLE = {"LA": ("Samplevong", "ຕົວຢ່າງ"), "AZ": ("Nümunəli", "Nümunəli")}


def lao_villages(rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    """Yield invented village names (Latin, Lao script), each once."""
    pairs = [(a, b) for a in LAO_FIRST for b in LAO_SECOND if a != b]
    for index in rng.permutation(len(pairs)):
        first, second = pairs[index]
        yield (
            f"Ban {first} {second}",
            f"ບ້ານ{LAO_FIRST[first]}{LAO_SECOND[second]}",
        )


def azerbaijani_villages(rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    """Yield invented village names (plain Latin, Azerbaijani), each once."""
    parts = [(f, r, e) for f in AZ_FIRST for r in AZ_ROOT for e in AZ_ENDING]
    for index in rng.permutation(len(parts)):
        first, root, ending = parts[index]
        if ending.startswith(root.lower()):
            continue
        name = f"{first}{root}{AZ_ENDING[ending] or _harmonic(root)}"
        yield name.translate(PLAIN), name


def victim_name(country: str, sex: str, number: int, rng: np.random.Generator) -> str:
    """Return a name that shows that the person was made up."""
    family, local_family = SAMPLE[country]
    if country == "LA":
        names = LAO_GIVEN[sex]
        given = list(names)[int(rng.integers(len(names)))]
        return f"{given} {family} {number:03d} ({names[given]} {local_family})"
    choices = AZ_GIVEN[sex]
    return f"{choices[int(rng.integers(len(choices)))]} {family} {number:03d}"


def _harmonic(root: str) -> str:
    vowels = [letter for letter in root.lower() if letter in HARMONY]
    return HARMONY[vowels[-1]]
