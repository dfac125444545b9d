"""A country's pack with the codes that its authority added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from safelane.core.cache import Cache
from safelane.countries import Code, CountryPack, available_packs, load_pack
from safelane.organisations.models import Country, LocalCode

# Another process may add a code; after these seconds every process knows it.
_known: Cache[CountryPack] = Cache(100, seconds=5.0)


forget_packs = _known.clear


def pack_of(country: Country) -> CountryPack:
    """Return the pack of a country, with local codes in its lists."""
    return _known.get(
        country.code, lambda: _merged(load_pack(country.pack), _local_codes(country))
    )


def common_pack() -> CountryPack:
    """Return a pack that tells what all packs share, such as kinds of organisation."""
    return load_pack(available_packs()[0])


def merged_choices(countries: Iterable[Country], list_name: str) -> dict[str, str]:
    """Return code -> label of one list over several countries, local codes too."""
    found: dict[str, str] = {}
    for country in countries:
        found |= dict(pack_of(country).choices(list_name))
    return found


def _local_codes(country: Country) -> dict[str, tuple[Code, ...]]:
    found: dict[str, tuple[Code, ...]] = {}
    for row in LocalCode.objects.filter(country=country):
        names = ("code", "labels", "valid_from", "valid_to", "source")
        code = Code(**{name: getattr(row, name) for name in names})
        found[row.list_name] = (*found.get(row.list_name, ()), code)
    return found


def _merged(pack: CountryPack, added: dict[str, tuple[Code, ...]]) -> CountryPack:
    lists = dict(pack.lists)
    for name in added.keys() & lists.keys():  # a newer pack may have a list no more
        lists[name] = replace(lists[name], codes=lists[name].codes + added[name])
    return replace(pack, lists=lists) if added else pack
