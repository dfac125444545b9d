"""Degrees, minutes and seconds in the spellings that people type."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from django.utils.translation import gettext as _

from safelane.core.geo.errors import InvalidCoordinates

# Azerbaijani "Ş" begins both north and east, so only its words are read.
_WORDS = {
    "NORTH": ("ŞİMAL", "ŞIMAL", "СЕВЕР", "С.Ш.", "С.Ш", "СШ", "ເໜືອ", "ເຫນືອ"),
    "SOUTH": ("CƏNUB", "Ю.Ш.", "Ю.Ш", "ЮШ", "ЮГ", "ໃຕ້"),
    "EAST": ("ŞƏRQ", "ВОСТОК", "В.Д.", "В.Д", "ВД", "ຕາເວັນອອກ"),
    "WEST": ("QƏRB", "ЗАПАД", "З.Д.", "З.Д", "ЗД", "ຕາເວັນຕົກ"),
}
_CYRILLIC = str.maketrans({"С": "N", "Ю": "S", "В": "E", "З": "W"})
_AXIS = {"N": "lat", "S": "lat", "E": "lon", "W": "lon"}
_MARKS = str.maketrans(
    {
        **dict.fromkeys("°º˚∘", "D"),
        **dict.fromkeys("′’‘´`ʹ", "'"),
        **dict.fromkeys("″”“ʺ", '"'),
        **dict.fromkeys("−–—‒", "-"),
    }
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_DEGREE = re.compile(_NUMBER.pattern + r"\s*D")
_LETTER = re.compile(r"[NSEW]")
_SCIENTIFIC = re.compile(r"[-+]?\d+(?:\.\d+)?E[-+]?\d+")
_MOST = {"lat": 90, "lon": 180}
_STRANGE = re.compile(r"[^\sNSEWD,;/|'\":M]")


class _Angle(NamedTuple):
    parts: list[str]
    letter: str


_Halves = tuple[list[str], list[str]]


def normalise(text: str) -> str:
    """Return ``text`` in capitals with plain digits, marks and English directions."""
    out = unicodedata.normalize("NFC", text).strip().upper().translate(_MARKS)
    out = "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char for char in out
    )
    for english, words in _WORDS.items():
        for word in words:
            out = out.replace(word, english)
    return re.sub(r"\s+", " ", out)


def _letters_only(plain: str) -> str:
    """Return normalised text with directions as one letter and no unit words."""
    out = re.sub(r"DEG(?:REES?)?|DƏR", "D", plain)
    out = re.sub(r"MIN(?:UTES?)?", "'", out)
    out = re.sub(r"SEC(?:ONDS?)?", '"', out)
    for english in _WORDS:
        out = out.replace(english, english[0])
    return out.translate(_CYRILLIC)


def has_letters(plain: str) -> bool:
    """Say whether normalised text names hemispheres."""
    return bool(_LETTER.search(_letters_only(plain)))


def read(plain: str, text: str) -> tuple[float, float, str]:
    """Return (lat, lon, format) of normalised text; without letters, lat comes first.

    Raises:
        InvalidCoordinates: Unreadable, or could be read in two ways.
    """
    first, second = _angles(_decimal_points(_letters_only(plain), text), text)
    if _AXIS.get(first.letter) == "lon":
        first, second = second, first
    count = max(len(first.parts), len(second.parts))
    form = {1: "dd", 2: "dm", 3: "dms"}[count]
    return _degrees(first, text), _degrees(second, text), form


def read_angle(text: str, axis: str) -> float:
    """Return the degrees of one latitude or longitude that stands by itself.

    Args:
        text: Such as ``17.97``, ``17,97``, ``17°58'12"N`` or ``S 17 58.2``.
        axis: ``lat`` or ``lon``.

    Raises:
        InvalidCoordinates: Unreadable, out of range, or of the other axis.
    """
    plain = normalise(text).removeprefix("+")
    if _SCIENTIFIC.fullmatch(plain):
        plain = f"{float(plain):.12f}"
    plain = _letters_only(plain)
    if plain.count(",") == 1 and "." not in plain:
        plain = re.sub(r"(?<=\d),(?=\d)", ".", plain)
    numbers, letters = _NUMBER.findall(plain), _LETTER.findall(plain)
    is_strange = re.search(r"[^\sNSEWD:'\"]", _NUMBER.sub(" ", plain))
    is_other = [name for name in letters if _AXIS[name] != axis]
    if is_strange or is_other or len(letters) > 1 or not 1 <= len(numbers) <= 3:
        raise InvalidCoordinates(
            (
                _("“%(text)s” is no latitude. Write it such as 17.97 or 17°58'12\"N.")
                if axis == "lat"
                else _(
                    "“%(text)s” is no longitude. Write it such as 103.2 or "
                    "103°12'00\"E."
                )
            )
            % {"text": text}
        )
    degrees = _degrees(_Angle(numbers, "".join(letters)), text)
    if abs(degrees) > _MOST[axis]:
        raise InvalidCoordinates(
            _("“%(text)s” is out of range: the last latitude is 90°, longitude 180°.")
            % {"text": text}
        )
    return degrees


def _decimal_points(plain: str, text: str) -> str:
    """Turn decimal commas into points where the commas cannot be separators."""
    tight = re.findall(r"\d,\d", plain)
    if not tight or re.search(r"\d\.\d", plain):
        return plain
    rest = re.sub(r"(?<=\d),(?=\d)", "", plain)
    if not re.search(r"\d[^\d]+\d", rest):
        message = _(
            "The commas in “%(text)s” can mean decimals or a break. Write a space "
            "between latitude and longitude."
        )
        raise InvalidCoordinates(message % {"text": text})
    return re.sub(r"(?<=\d),(?=\d)", ".", plain)


def _angles(plain: str, text: str) -> tuple[_Angle, _Angle]:
    strange = _STRANGE.search(_NUMBER.sub(" ", plain))
    if strange:
        message = _(
            "“%(text)s” is not understood at “%(mark)s”. Write latitude and "
            "longitude such as 19.45, 103.2 or 19°27'00\"N 103°12'00\"E."
        )
        raise InvalidCoordinates(message % {"text": text, "mark": strange[0]})
    letters = _LETTER.findall(plain)
    if letters and (len(letters) != 2 or len({_AXIS[name] for name in letters}) != 2):
        raise InvalidCoordinates(
            _("“%(text)s” needs one of N, S and one of E, W, or no letters at all.")
            % {"text": text}
        )
    first, second = _split_by_letters(plain) if letters else _split(plain)
    counts = len(first), len(second)
    if not all(1 <= count <= 3 for count in counts) or abs(counts[0] - counts[1]) > 1:
        raise InvalidCoordinates(
            _(
                "“%(text)s” has %(count)s numbers. Latitude and longitude need one "
                "each (degrees), two (and minutes) or three (and seconds)."
            )
            % {"text": text, "count": sum(counts)}
        )
    north, east = letters or ("", "")
    return _Angle(first, north), _Angle(second, east)


def _split_by_letters(plain: str) -> _Halves:
    """Return the numbers of each angle, behind its letter or before it."""
    first, second = (match.start() for match in _LETTER.finditer(plain))
    at = first if re.search(r"[\dD,;/|]", plain[:first]) else second
    return _NUMBER.findall(plain[:at]), _NUMBER.findall(plain[at:])


def _split(plain: str) -> _Halves:
    """Return the numbers of each angle: cut by a mark, a degree sign, or in half."""
    cut = re.split(r"[,;/|]", plain)
    if len(cut) == 2:
        return _NUMBER.findall(cut[0]), _NUMBER.findall(cut[1])
    numbers = _NUMBER.findall(plain)
    if plain.count("D") == 2:
        degrees = [match.start() for match in _DEGREE.finditer(plain)]
        at = len(_NUMBER.findall(plain[: degrees[1]])) if len(degrees) == 2 else 0
        return numbers[:at], numbers[at:]
    if len(numbers) % 2:  # nobody can say to which half the odd number belongs
        return [], numbers
    half = len(numbers) // 2
    return numbers[:half], numbers[half:]


def _degrees(angle: _Angle, text: str) -> float:
    values = [float(part) for part in angle.parts]
    negative = angle.parts[0].startswith("-")
    if any("." in part for part in angle.parts[:-1]):
        raise InvalidCoordinates(
            _("In “%(text)s” only the last number of each may have decimals.")
            % {"text": text}
        )
    if any(not 0 <= value < 60 for value in values[1:]):
        raise InvalidCoordinates(
            _("In “%(text)s” minutes and seconds must be from 0 to below 60.")
            % {"text": text}
        )
    if negative and angle.letter:
        raise InvalidCoordinates(
            _("“%(text)s” has a minus sign and a letter. Use one of them.")
            % {"text": text}
        )
    size = sum(abs(value) / 60.0**place for place, value in enumerate(values))
    return -size if negative or angle.letter in ("S", "W") else size


def write(lon: float, lat: float, form: str) -> str:
    """Return dd, dm or dms text, latitude first."""
    if form == "dd":
        return f"{round(lat, 6) + 0.0:.6f}, {round(lon, 6) + 0.0:.6f}"
    return f"{_angle_text(lat, 'NS', form)} {_angle_text(lon, 'EW', form)}"


def _angle_text(value: float, letters: str, form: str) -> str:
    units = round(value * (600_000 if form == "dm" else 360_000))
    letter = letters[units < 0]
    if form == "dm":
        minutes, digits = divmod(abs(units), 10_000)
        return f"{minutes // 60}°{minutes % 60:02d}.{digits:04d}'{letter}"
    seconds, hundredths = divmod(abs(units), 100)
    return (
        f"{seconds // 3600}°{seconds // 60 % 60:02d}'"
        f'{seconds % 60:02d}.{hundredths:02d}"{letter}'
    )
