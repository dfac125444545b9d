"""Coarse district outlines drawn by hand for the demo.

Simplified for the demo, not a boundary statement. The corners were placed by eye to a
tenth of a degree or so; neighbours share their corners, so that the districts meet
without gaps. No boundary data set was copied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SOURCE = "Simplified for the demo, not a boundary statement"
Corner = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Outline:
    """A district by its named corners, anticlockwise or not."""

    key: str
    name: str
    local_name: str
    town: str
    local_town: str
    corners: str
    focus: bool = True


@dataclass(frozen=True, slots=True)
class Region:
    """A pilot region: named corners (longitude, latitude) and the districts on them."""

    key: str
    country: str
    name: str
    local_name: str
    corners: Mapping[str, Corner]
    districts: tuple[Outline, ...]


XIANGKHOUANG = Region(
    key="LA-XK",
    country="LA",
    name="Xiangkhouang",
    local_name="ຊຽງຂວາງ",
    corners={
        "a": (102.72, 19.55),
        "b": (102.80, 19.78),
        "c": (102.98, 19.90),
        "d": (103.18, 19.92),
        "e": (103.36, 19.90),
        "f": (103.48, 20.00),
        "g": (103.68, 20.02),
        "h": (103.86, 19.94),
        "i": (104.02, 19.86),
        "j": (104.22, 19.72),
        "k": (104.28, 19.54),
        "l": (104.12, 19.40),
        "m": (103.94, 19.34),
        "n": (103.78, 19.33),
        "o": (104.05, 19.27),
        "p": (104.24, 19.16),
        "q": (104.22, 18.98),
        "r": (104.02, 18.86),
        "s": (103.84, 18.90),
        "t": (103.72, 19.04),
        "u": (103.56, 19.08),
        "v": (103.38, 19.03),
        "w": (103.24, 19.12),
        "x": (103.30, 19.28),
        "y": (103.10, 19.12),
        "z": (102.94, 19.14),
        "A": (102.82, 19.24),
        "B": (102.92, 19.36),
        "C": (103.06, 19.40),
        "D": (103.24, 19.40),
        "E": (103.14, 19.56),
        "F": (103.16, 19.74),
        "G": (103.44, 19.46),
        "H": (103.46, 19.66),
        "I": (103.34, 19.78),
        "J": (103.66, 19.48),
        "K": (103.76, 19.62),
        "L": (103.84, 19.78),
        "M": (102.76, 19.40),
    },
    districts=(
        Outline("LA-XK-PEK", "Pek", "ແປກ", "Phonsavan", "ໂພນສະຫວັນ", "CDGHIeFE"),
        Outline("LA-XK-KHA", "Kham", "ຄຳ", "Muang Kham", "ເມືອງຄຳ", "IHGJKLhgfe"),
        Outline("LA-XK-NON", "Nonghed", "ໜອງແຮດ", "Nonghed", "ໜອງແຮດ", "JnmlkjihLK"),
        Outline("LA-XK-KHO", "Khoun", "ຄູນ", "Muang Khoun", "ເມືອງຄູນ", "xwvutnJGD"),
        Outline("LA-XK-MOR", "Morkmay", "ໝອກໃໝ່", "Morkmay", "ໝອກໃໝ່", "tsrqpomn"),
        Outline("LA-XK-PHO", "Phoukoud", "ພູກູດ", "Phoukoud", "ພູກູດ", "BCEFedcbaM"),
        Outline("LA-XK-PHA", "Phaxay", "ຜາໄຊ", "Phaxay", "ຜາໄຊ", "ABCDxwyz"),
    ),
)

LOWLAND = Region(
    key="AZ-FA",
    country="AZ",
    name="Fuzuli and Aghdam",
    local_name="Füzuli və Ağdam",
    corners={
        "a": (46.55, 40.42),
        "b": (46.80, 40.48),
        "c": (47.02, 40.42),
        "d": (47.30, 40.50),
        "e": (47.52, 40.42),
        "f": (47.50, 40.25),
        "g": (46.58, 40.16),
        "h": (46.83, 40.13),
        "i": (47.05, 40.20),
        "j": (47.20, 40.15),
        "k": (47.72, 40.12),
        "l": (47.28, 39.95),
        "m": (47.22, 39.82),
        "n": (46.98, 39.83),
        "o": (46.84, 39.96),
        "p": (46.70, 40.07),
        "q": (46.48, 39.95),
        "r": (46.60, 39.76),
        "s": (46.82, 39.70),
        "t": (47.30, 39.71),
        "u": (47.52, 39.80),
        "v": (47.60, 39.92),
        "w": (47.92, 39.86),
        "x": (47.86, 39.62),
        "y": (47.64, 39.54),
        "z": (47.50, 39.42),
        "A": (47.30, 39.38),
        "B": (47.10, 39.46),
        "C": (47.06, 39.58),
        "D": (46.90, 39.45),
        "E": (46.70, 39.49),
        "F": (46.63, 39.62),
        "G": (46.74, 39.30),
        "H": (46.92, 39.20),
        "I": (47.14, 39.22),
        "J": (47.78, 40.00),
    },
    districts=(
        Outline("AZ-FUZ", "Fuzuli", "Füzuli", "Fuzuli", "Füzuli", "ABCtuyz"),
        Outline("AZ-AGM", "Aghdam", "Ağdam", "Aghdam", "Ağdam", "onmljihp"),
        Outline("AZ-TAR", "Tartar", "Tərtər", "Tartar", "Tərtər", "abcihpg"),
        Outline("AZ-XVD", "Khojavend", "Xocavənd", "Khojavend", "Xocavənd", "sEDBCtmn"),
        Outline("AZ-CAB", "Jabrayil", "Cəbrayıl", "Jabrayil", "Cəbrayıl", "EGHIABD"),
        Outline("AZ-XCL", "Khojaly", "Xocalı", "Khojaly", "Xocalı", "pqrFEsno", False),
        Outline("AZ-BAR", "Barda", "Bərdə", "Barda", "Bərdə", "cdefji", False),
        Outline(
            "AZ-AGC",
            "Aghjabadi",
            "Ağcabədi",
            "Aghjabadi",
            "Ağcabədi",
            "jfkJvutml",
            False,
        ),
        Outline(
            "AZ-BEY", "Beylagan", "Beyləqan", "Beylagan", "Beyləqan", "uvJwxy", False
        ),
    ),
)
