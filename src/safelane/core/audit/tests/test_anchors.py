"""Signed heads: what a line says, and which lines are believed."""

import errno
import json
from pathlib import Path

import pytest
from django.utils import timezone

from safelane.core.audit.anchors import (
    OWN_FILE,
    _append,
    read_anchors,
    set_aside_heads,
    signed_heads,
)
from safelane.core.errors import InvalidInput, StorageUnavailable
from safelane.core.history.actions import Entry, record
from safelane.core.history.models import ChainHead
from safelane.core.protect.installation import installation
from safelane.core.protect.models import Installation
from safelane.core.scope import system_actor

pytestmark = pytest.mark.django_db
BY = system_actor("tests")


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def kept(tmp_path):
    """Return a file with the heads of two chains."""
    for chain in (7, 9):
        record(Entry(chain, "hazard.report", "report", 1), by=BY)
    path = tmp_path / "kept.jsonl"
    path.write_text(signed_heads(timezone.now(), by=BY) + "\n\n")
    return path


def test_a_line_names_number_and_hash_of_each_chain(kept):
    (anchor,) = read_anchors(kept)
    for head in ChainHead.objects.all():
        assert anchor.heads[head.organisation_id] == (head.seq, head.hash)
    assert {0, 7, 9} == set(anchor.heads)  # 0: the first key is written there


def test_a_line_of_another_installation_is_refused(kept):
    Installation.objects.all().delete()
    with pytest.raises(InvalidInput, match="another installation"):
        list(read_anchors(kept))


@pytest.mark.parametrize("name", ["made", "heads"])
def test_a_line_that_was_altered_is_refused(kept, name):
    said = json.loads(kept.read_text())
    said[name] = {"heads": {"7": [2, "0" * 64]}, "made": "2020-01-01T00:00:00"}[name]
    kept.write_text(json.dumps(said))
    with pytest.raises(InvalidInput, match="altered"):
        list(read_anchors(kept))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InvalidInput, match=r"none\.jsonl"):
        list(read_anchors(tmp_path / "none.jsonl"))


def test_a_line_that_was_cut_off_hides_nothing_that_others_prove(kept, tmp_path):
    whole = kept.read_text().strip()
    path = tmp_path / "torn.jsonl"
    path.write_text(whole + "\n" + whole[:150])
    _append(path, whole)
    torn: list[str] = []
    assert len(list(read_anchors(path, torn))) == 2
    assert torn == [f"Line 2 of {path} was cut off while it was written."]
    with pytest.raises(InvalidInput, match="cut off"):
        list(read_anchors(path))


def test_a_head_that_finds_no_room_leaves_the_file_as_it_was(kept, monkeypatch):
    before = kept.read_bytes()

    def full(_number):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("safelane.core.audit.anchors.os.fsync", full)
    with pytest.raises(StorageUnavailable):
        _append(kept, "x" * 500)
    assert kept.read_bytes() == before


def test_heads_of_another_installation_are_set_aside(kept, settings):
    own = Path(settings.DATA_DIR) / OWN_FILE
    own.write_bytes(kept.read_bytes())
    assert set_aside_heads("") is None and own.exists()
    assert set_aside_heads(str(installation().uid)) is None and own.exists()
    aside = set_aside_heads("another")
    assert aside is not None and aside.exists() and not own.exists()
