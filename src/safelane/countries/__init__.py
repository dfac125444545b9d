"""Country packs: what differs from country to country, as versioned YAML."""

from safelane.countries.loader import available_packs as available_packs
from safelane.countries.loader import load_pack as load_pack
from safelane.countries.loader import pack_named as pack_named
from safelane.countries.pack import AdminLevel as AdminLevel
from safelane.countries.pack import Code as Code
from safelane.countries.pack import CodeList as CodeList
from safelane.countries.pack import CountryPack as CountryPack
from safelane.countries.pack import Parameter as Parameter
from safelane.countries.pack import Rule as Rule
