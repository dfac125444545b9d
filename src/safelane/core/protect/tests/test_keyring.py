"""Keys that sign: named, retired, lost, and never believed from elsewhere."""

import pytest

from safelane.core.history.models import Change
from safelane.core.protect import keyring
from safelane.core.protect.cipher import UnknownKey
from safelane.core.protect.models import SigningKey
from safelane.core.scope import system_actor

pytestmark = pytest.mark.django_db
BY = system_actor("tests")


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def test_a_signature_names_its_key_and_fits_only_what_was_signed():
    made = keyring.sign("heads", b"text", by=BY)
    assert keyring.verify(made.key_id, b"text", made.text)
    assert not keyring.verify(made.key_id, b"other", made.text)
    assert keyring.sign("heads", b"more", by=BY).key_id == made.key_id
    assert keyring.sign("seals", b"text", by=BY).key_id != made.key_id


def test_a_retired_key_signs_no_more_and_stays_verifiable():
    old = keyring.sign("heads", b"text", by=BY)
    keyring.make_key("heads", by=BY)
    new = keyring.sign("heads", b"text", by=BY)
    assert new.key_id != old.key_id
    assert keyring.verify(old.key_id, b"text", old.text)
    assert SigningKey.objects.get(pk=old.key_id).retired
    assert Change.objects.filter(verb="key.make").count() == 2


def test_a_lost_key_is_named_and_its_signatures_stay_verifiable():
    made = keyring.sign("heads", b"text", by=BY)
    assert keyring.lost_keys() == []
    (keyring.folder() / f"{made.key_id}.key").unlink()
    assert [key.key_id for key in keyring.lost_keys()] == [made.key_id]
    assert keyring.verify(made.key_id, b"text", made.text)


def test_a_public_half_that_was_put_in_place_of_another_is_not_believed():
    made = keyring.sign("heads", b"text", by=BY)
    other = keyring.sign("seals", b"text", by=BY)
    (keyring.folder() / f"{made.key_id}.key").unlink()
    public = SigningKey.objects.get(pk=other.key_id).public
    SigningKey.objects.filter(pk=made.key_id).update(public=public)
    with pytest.raises(UnknownKey):
        keyring.verify(made.key_id, b"text", other.text)


def test_the_private_half_is_readable_by_its_owner_only():
    made = keyring.sign("heads", b"text", by=BY)
    path = keyring.folder() / f"{made.key_id}.key"
    assert path.stat().st_mode & 0o077 == 0
