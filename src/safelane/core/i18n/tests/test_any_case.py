"""Words are found in any case, in every alphabet, on both databases."""

from __future__ import annotations

import pytest

from safelane.core.i18n.letters import any_case, tidy
from safelane.organisations.models import AdminArea, Country

NAMES = {
    "Şəki": "şəki ŞƏKİ şƏki",
    "İsmayıllı": "ismayıllı İSMAYILLI",
    "Фузули": "фУЗУЛИ",
    "İlham": "ilham ILHAM İLHAM ılham",
    "Qırmızı": "QIRMIZI qirmizi QIRMıZı",
    "Min": "mın MİN",
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_found_in_any_case(name: str) -> None:
    country = Country.objects.create(code="AZE", name="Azerbaijan", pack="azerbaijan")
    area = AdminArea.objects.create(
        country=country, level=1, code="A", name=name, names={"az": name}, path="/1/"
    )
    for typed in NAMES[name].split():
        by_name = AdminArea.objects.filter(name__icontains=typed)
        by_language = AdminArea.objects.filter(names__az__icontains=typed)
        assert [*by_name, *by_language] == [area, area], typed
    assert not AdminArea.objects.filter(name__icontains=f"%{name[1:]}")


def test_texts_are_kept_composed_with_plain_spaces() -> None:
    assert tidy(" LA\u00a01 ") == "LA 1"
    assert tidy("S\u0327us\u0327a") == "Şuşa"
    assert any_case("İSMAYILLI") == any_case("ismayıllı") == "ismayilli"
