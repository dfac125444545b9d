"""Invented organisations, the fixed cast of people, and what they agreed to share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from safelane.demo.world.kinds import Agreement, Organisation, Person

MAIL = "example.org"
OPERATORS = {
    "LA": ("demo-la-blue", "demo-la-lotus", "demo-la-hill", "demo-la-hands"),
    "AZ": ("demo-az-plain", "demo-az-araz", "demo-az-pome", "demo-az-care"),
}
ORGANISATIONS = (
    Organisation("demo-la-authority", "authority", "Demo Authority for UXO, Laos",
                 "Demo-NRA", "ອົງການຕົວຢ່າງຄຸ້ມຄອງ ລບຕ", "LA"),
    Organisation("demo-la-blue", "operator", "Blue Kite Clearance (demo)",
                 "Blue Kite", "ວ່າວຟ້າ ເກັບກູ້ (ຕົວຢ່າງ)", "LA"),
    Organisation("demo-la-lotus", "operator", "Lotus Survey Unit (demo)",
                 "Lotus", "ໜ່ວຍສຳຫຼວດດອກບົວ (ຕົວຢ່າງ)", "LA"),
    Organisation("demo-la-hill", "operator", "Grey Hill Field Teams (demo)",
                 "Grey Hill", "ທີມພູເທົາ (ຕົວຢ່າງ)", "LA"),
    Organisation("demo-la-hands", "ngo", "Open Hands Laos (demo)",
                 "Open Hands", "ມືເປີດ ລາວ (ຕົວຢ່າງ)", "LA"),
    Organisation("demo-az-authority", "authority", "Demo Mine Agency, Azerbaijan",
                 "Demo-MAA", "Nümunəvi Minatəmizləmə Agentliyi", "AZ"),
    Organisation("demo-az-plain", "operator", "Plain Demining (demo)",
                 "Plain", "Düzən Minatəmizləmə (nümunə)", "AZ"),
    Organisation("demo-az-araz", "operator", "Riverside Field Survey (demo)",
                 "Riverside", "Çayqırağı Sahə Tədqiqatı (nümunə)", "AZ"),
    Organisation("demo-az-pome", "operator", "Pomegranate Clearance (demo)",
                 "Pomegranate", "Nar Təmizləmə (nümunə)", "AZ"),
    Organisation("demo-az-care", "ngo", "Return Safely (demo)",
                 "Return", "Təhlükəsiz Qayıdış (nümunə)", "AZ"),
    Organisation("demo-kh-authority", "authority", "Demo Mine Action Office, Cambodia",
                 "Demo-MAO", "ការិយាល័យគំរូសកម្មភាពមីន", ""),
    Organisation("demo-un", "un", "United Nations office (demo)", "UN demo", "", ""),
    Organisation("demo-donor", "donor", "Clear Fields Fund (demo donor)",
                 "Clear Fields", "", ""),
    Organisation("demo-centre", "regional_centre", "Regional Centre (demo)",
                 "Centre", "", ""),
)  # fmt: skip

_CAST = (
    ("aysel", "Aysel Nümunəli", "demo-az-authority", "information_manager", "AZ", "az"),
    ("bounmy", "Bounmy Samplevong", "demo-la-lotus", "team_leader", "LA", "lo"),
    ("chan", "Chan Kumruu", "demo-kh-authority", "reader", "", "en"),
    ("dara", "Dara Fieldgift", "demo-donor", "donor", "LA", "en"),
    ("somchai", "Somchai Samplevong", "demo-la-authority", "information_manager",
     "LA", "lo"),
    ("keo", "Keo Samplevong", "demo-la-authority", "operations_officer", "LA", "lo"),
    ("vugar", "Vüqar Nümunəli", "demo-az-authority", "operations_officer", "AZ", "az"),
    ("rashad", "Rəşad Nümunəli", "demo-az-plain", "team_leader", "AZ", "az"),
    ("una", "Una Sample", "demo-un", "regional_coordinator", "", "en"),
    ("rita", "Rita Sample", "demo-centre", "regional_coordinator", "", "en"),
    ("admin", "Ada Sample", "demo-centre", "administrator", "", "en"),
)  # fmt: skip
_STAFF = {
    "LA": ("Samplevong", ("Noy", "Thong", "Malai", "Vong", "Dao", "Sai", "Vilay",
                          "Xang")),
    "AZ": ("Nümunəli", ("Elçin", "Lalə", "Nicat", "Günay", "Tural", "Aynur", "Orxan",
                        "Səbinə")),
}  # fmt: skip
LANGUAGES = {"LA": "lo", "AZ": "az"}


def people() -> Iterator[Person]:
    """Yield the cast, then a leader and a checker for every operator."""
    for key, name, organisation, role, country, language in _CAST:
        yield Person(key, name, f"{key}@{MAIL}", organisation, role, country, language)
    for country, operators in OPERATORS.items():
        family, given = _STAFF[country]
        for number, operator in enumerate(operators):
            for offset, role in enumerate(("team_leader", "operator_checker")):
                first = given[(2 * number + offset) % len(given)]
                key = f"{operator.removeprefix('demo-')}-{role.split('_')[0]}"
                yield Person(key, f"{first} {family}", f"{key}@{MAIL}", operator, role,
                             country, LANGUAGES[country])  # fmt: skip


def leader_of(operator: str) -> str:
    """Return the key of the team leader who reports for ``operator``."""
    if operator == "demo-la-lotus":
        return "bounmy"
    if operator == "demo-az-plain":
        return "rashad"
    return f"{operator.removeprefix('demo-')}-team"


def agreements(today: date) -> Iterator[Agreement]:
    """Yield what organisations opened to each other: in force, ended, district only."""
    start, end = date(today.year - 1, 1, 1), date(today.year + 1, 12, 31)
    shared = ("hazard", "evidence", "ordnance")
    yield Agreement("ag-1", "demo-la-lotus", "demo-kh-authority", shared, "cell",
                    "LA", start, end)  # fmt: skip
    yield Agreement("ag-2", "demo-la-blue", "demo-centre", ("hazard", "accident"),
                    "district", "LA", start, end)  # fmt: skip
    yield Agreement("ag-3", "demo-az-plain", "demo-un", shared, "exact", "AZ",
                    start, end)  # fmt: skip
    yield Agreement("ag-4", "demo-az-araz", "demo-donor", ("hazard",), "district",
                    "AZ", date(today.year - 3, 1, 1),
                    date(today.year - 2, 12, 31))  # fmt: skip
