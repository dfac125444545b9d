"""Whatever country packs hold is asked: nobody sets a figure that does nothing."""

import ast

import pytest

from safelane.countries import available_packs, load_pack
from tests.architecture.sources import product_modules


@pytest.fixture(scope="module")
def named():
    """Return every text that stands by itself in the product."""
    return {
        node.value
        for module in product_modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize("name", available_packs())
def test_every_parameter_and_code_list_is_asked(name, named):
    pack = load_pack(name)
    held = {*pack.lists, *(parameter.key for parameter in pack.parameters)}
    assert held <= named


def test_the_scanner_misses_what_nothing_asks(named):
    assert "colour_of_sky" not in named and "box_size_m" in named
