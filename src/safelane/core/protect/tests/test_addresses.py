"""Keys in addresses: read back, and not to be counted by."""

import pytest

from safelane.core.protect.addresses import read_key, written_key


def test_a_key_in_an_address_is_read_back_and_tells_no_order():
    keys = [1, 2, 3, 256, 2**32, 2**62]
    written = [written_key(key, "a.Row") for key in keys]
    assert [read_key(text, "a.Row") for text in written] == keys
    assert len(set(written)) == len(keys) and written != sorted(written)
    assert written == [written_key(key, "a.Row") for key in keys]


@pytest.mark.parametrize("text", ["", "7", 7, None, "B" * 22, "é" * 22, "B" * 23])
def test_what_was_not_written_as_a_key_is_refused(text):
    with pytest.raises(ValueError):
        read_key(text, "a.Row")


def test_a_key_is_read_for_its_own_table_and_while_its_secret_is_known(settings):
    written = written_key(17, "a.Row")
    with pytest.raises(ValueError):
        read_key(written, "a.Other")
    before, settings.SECRET_KEY = settings.SECRET_KEY, "x" * 50
    with pytest.raises(ValueError):
        read_key(written, "a.Row")
    settings.SECRET_KEY_FALLBACKS = [before]
    assert read_key(written, "a.Row") == 17
