"""Cameras as a user asks for them: what is taken, what is refused and with which words."""

import pytest

from export.camera import PIXEL_BYTES, Camera, Crop, parse_camera, plan_camera
from export.errors import InputError
from tests.support.cameras import values


def test_a_camera_and_its_crop() -> None:
    assert parse_camera("rgb565:320x240", None, "area") == Camera("rgb565", 320, 240, Crop(320, 240, 0, 0), "area")
    assert parse_camera("rggb:4x2", "1x2+3+0", "bilinear") == Camera("rggb", 4, 2, Crop(1, 2, 3, 0), "bilinear")
    for name in PIXEL_BYTES:
        assert parse_camera(f"{name}:4096x4096", None, "area").format == name
    assert parse_camera("grey8:3x5", None, "area").width == 3 and parse_camera("yuyv:2x5", None, "area").height == 5


@pytest.mark.parametrize(
    ("text", "crop", "message"),
    [
        ("rgb565", None, "is no camera"),
        ("rgb565:320", None, "is no camera"),
        ("rgb565:320x-240", None, "is no camera"),
        ("rgb565:99999999999999999999x2", None, "is no camera"),
        ("", None, "is no camera"),
        ("rgb656:320x240", None, "no camera format 'rgb656'"),
        ("grey8:0x240", None, "cannot have 0x240 pixels"),
        ("grey8:4097x2", None, "cannot have 4097x2 pixels"),
        ("yuyv:321x240", None, "frame of yuyv cannot have 321x240"),
        ("uyvy:1x1", None, "frame of uyvy cannot"),
        ("rggb:321x240", None, "frame of rggb cannot"),
        ("gbrg:320x241", None, "frame of gbrg cannot"),
        ("grey8:320x240", "240x240", "is no crop"),
        ("grey8:320x240", "240x240-1+0", "is no crop"),
        ("grey8:320x240", "240x240+81+0", "is not inside the frame of 320x240"),
        ("grey8:320x240", "1x240+0+1", "is not inside"),
        ("grey8:320x240", "0x1+0+0", "is not inside"),
    ],
)
def test_what_cannot_be_is_refused(text: str, crop: str | None, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        parse_camera(text, crop, "area")
    assert caught.value.hint


def test_the_nearest_format_is_suggested() -> None:
    with pytest.raises(InputError) as caught:
        parse_camera("rgb656:2x2", None, "area")
    assert "Did you mean rgb565? Formats: grey8, rgb888" in caught.value.hint
    for family, orders in (("yuv422", "yuyv or uyvy"), ("bayer", "rggb or grbg or gbrg or bggr")):
        with pytest.raises(InputError) as caught:
            parse_camera(f"{family}:2x2", None, "area")
        assert f"Did you mean {orders}?" in caught.value.hint


def test_area_does_not_enlarge_and_images_have_a_limit() -> None:
    camera = parse_camera("grey8:320x240", "95x240+0+0", "area")
    with pytest.raises(InputError, match=r"95x240 pixels .* fewer than the 96x96 of model"):
        plan_camera(camera, "model", (96, 96, 1), values())
    with pytest.raises(InputError, match="takes images of 2049x1 pixels"):
        plan_camera(parse_camera("grey8:4096x4096", None, "area"), "model", (1, 2049, 1), values())
