from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safelane.core.files.kinds import JPEG, PNG, WEBP, BrokenPhoto
from safelane.core.files.metadata import without_metadata
from safelane.core.files.tests import photos

PHOTOS = {JPEG: photos.jpeg(), PNG: photos.png(), WEBP: photos.webp()}


@pytest.mark.parametrize(("media_type", "photo"), PHOTOS.items())
def test_nothing_personal_is_left(media_type, photo):
    clean = without_metadata(photo, media_type)
    assert photos.SECRET in photo
    assert photos.SECRET not in clean
    assert clean == without_metadata(clean, media_type)


def test_a_jpeg_keeps_picture_colours_and_orientation():
    clean = without_metadata(photos.jpeg(orientation=6), JPEG)
    assert photos.PIXELS in clean
    assert b"ICC_PROFILE" in clean
    assert b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in clean
    assert clean.endswith(b"\xff\xd9")


def test_an_upright_jpeg_has_no_exif_at_all():
    assert b"Exif" not in without_metadata(photos.jpeg(orientation=1), JPEG)


def test_a_png_keeps_its_picture():
    clean = without_metadata(photos.png(), PNG)
    assert b"IDAT" in clean
    assert clean.endswith(b"IEND\xaeB`\x82")


def test_a_webp_no_longer_announces_metadata():
    clean = without_metadata(photos.webp(), WEBP)
    assert clean[20] & 0b0000_1100 == 0
    assert b"pixels" in clean
    assert int.from_bytes(clean[4:8], "little") == len(clean) - 8


@pytest.mark.parametrize(("media_type", "photo"), PHOTOS.items())
@given(data=st.data())
def test_a_cut_photo_is_refused(media_type, photo, data):
    clean = without_metadata(photo, media_type)
    length = data.draw(st.integers(8, len(clean) - 1))
    with pytest.raises(BrokenPhoto):
        without_metadata(clean[:length], media_type)


@pytest.mark.parametrize("media_type", PHOTOS)
@given(noise=st.binary(min_size=12, max_size=300))
def test_noise_is_refused_or_cleaned_never_a_crash(media_type, noise):
    head = PHOTOS[media_type][:12]
    with suppress(BrokenPhoto):
        without_metadata(head + noise, media_type)
