"""Facts that records of every part carry: whose they are, and in which country."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from safelane.core.facts import Fact

ORGANISATION = Fact(
    "organisation", "show", path="organisation__short_name", label=_("organisation"),
    published=True, files="out",
)  # fmt: skip
COUNTRY = Fact(
    "country", "show", path="country__code", label=_("country"), published=True,
    files="out",
)  # fmt: skip

# The country's structure is no secret: every fact is shown.
AREA = (
    Fact(
        "level", "show", tile=True, required=True, least=1,
        synonyms="adm_level, admin_level, уровень, səviyyə",
    ),
    Fact(
        "code", "show", tile=True, required=True,
        synonyms="pcode, adm1_pcode, adm2_pcode, adm3_pcode, shapeid, shapeiso, gid_1, "
        "gid_2, код, kod, ລະຫັດ",
    ),
    Fact(
        "name", "show", tile=True, required=True,
        synonyms="name, shapename, adm1_en, adm2_en, adm3_en, name_1, name_2, "
        "district, province, название, ad, ຊື່",
    ),
    Fact(
        "part_of", "show", path="parent__name", label=_("part of"), published=True,
        files="none",
    ),
    Fact("source", "show", published=True, files="none"),
    COUNTRY,
)  # fmt: skip
PLACE = (
    Fact(
        "kind", "show", tile=True,
        synonyms="type, place, fclass, feature_code, тип, növ",
    ),
    *(fact for fact in AREA if fact.name in ("code", "name")),
    Fact(
        "population", "show", published=True, least=0,
        synonyms="pop, people, residents, население, əhali, ປະຊາກອນ",
    ),
    Fact("source", "show", published=True, files="none"),
    COUNTRY,
)  # fmt: skip
