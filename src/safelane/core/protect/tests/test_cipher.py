"""Sealed texts: they open only where they were sealed, with the right secret."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safelane.core.protect.cipher import Unreadable, is_current, seal, unseal

FIELD = "accidents.victimidentity.name"


@given(st.text())
def test_what_was_sealed_opens(text):
    assert unseal(seal(text, FIELD), FIELD) == text


def test_equal_texts_never_look_equal():
    assert seal("Somsak", FIELD) != seal("Somsak", FIELD)
    assert "Somsak" not in seal("Somsak", FIELD)


def test_value_copied_to_another_field_does_not_open():
    with pytest.raises(Unreadable, match="altered"):
        unseal(seal("Somsak", FIELD), "accidents.victimidentity.address")


@given(st.integers(0, 200), st.sampled_from("AB-_0"))
def test_altered_text_never_opens_as_something_else(place, digit):
    sealed = seal("Somsak Phommachan, Ban Na", FIELD)
    changed = sealed[:place] + digit + sealed[place + 1 :]
    if changed == sealed:
        return
    with contextlib.suppress(Unreadable):
        assert unseal(changed, FIELD) == "Somsak Phommachan, Ban Na"


@pytest.mark.parametrize("text", ["", "plain", "p1:00000000:AAAA", "p2:x:y", "p1:"])
def test_text_that_was_never_sealed_is_refused(text):
    with pytest.raises(Unreadable):
        unseal(text, FIELD)


def test_old_secret_still_opens_while_it_is_a_fallback(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "old secret", []
    sealed = seal("Somsak", FIELD)
    settings.SECRET_KEY = "new secret"
    with pytest.raises(Unreadable, match="another secret"):
        unseal(sealed, FIELD)
    settings.SECRET_KEY_FALLBACKS = ["old secret"]
    assert unseal(sealed, FIELD) == "Somsak"
    assert not is_current(sealed)
    assert is_current(seal("Somsak", FIELD))
