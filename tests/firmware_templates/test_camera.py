"""The C in front of a model equals its twin in NumPy bit for bit, and reads and writes nothing beside its rows."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attendnets_tf.camera import FORMATS, frame_to_image
from export.camera import PIXEL_BYTES, Camera, CameraPlan, Crop, plan_camera
from export.render import render_camera
from tests.support.cameras import camera_plans, compile_camera, run_camera, values


def expected(plan: CameraPlan, frame: np.ndarray) -> np.ndarray:
    camera, crop = plan.camera, plan.camera.crop
    area = (crop.width, crop.height, crop.x, crop.y)
    image = frame_to_image(frame, camera.format, area, (plan.height, plan.width, plan.channels), camera.resize)
    return np.frombuffer(plan.values, np.uint8)[image]


def check(plan: CameraPlan, frames: np.ndarray) -> list[int]:
    with tempfile.TemporaryDirectory() as folder:
        images, counts = run_camera(plan, compile_camera(plan, Path(folder)), frames)
    for image, frame in zip(images, frames, strict=True):
        assert np.array_equal(image, expected(plan, frame)), plan
    assert max(counts) == plan.rows_per_push and sum(counts) == plan.height
    return counts


def random_frames(plan: CameraPlan, seed: int) -> np.ndarray:
    """Every other pixel value is an extreme one."""
    rng = np.random.default_rng(seed)
    frames = rng.integers(0, 256, (2, plan.camera.height, plan.row_bytes), dtype=np.uint8)
    return np.where(rng.random(frames.shape) < 0.5, frames, np.where(frames < 128, 0, 255)).astype(np.uint8)


@pytest.mark.parametrize("pixel_format", FORMATS)
def test_generated_c_equals_numpy(pixel_format: str) -> None:
    @settings(max_examples=8, deadline=None)
    @given(camera_plans(pixel_format), st.integers(0, 2**32 - 1))
    def holds(plan: CameraPlan, seed: int) -> None:
        check(plan, random_frames(plan, seed))

    holds()


@pytest.mark.parametrize("pixel_format", FORMATS)
@pytest.mark.parametrize("channels", [1, 3])
def test_whole_frames_at_their_own_size(pixel_format: str, channels: int) -> None:
    """Each pixel on its own: conversion, borders and nothing else."""
    camera = Camera(pixel_format, 8, 6, Crop(8, 6, 0, 0), "area")
    plan = plan_camera(camera, "model", (6, 8, channels), values("uint8"))
    check(plan, random_frames(plan, 1))


@pytest.mark.parametrize(
    ("resize", "side", "size"),
    [("area", 4096, (1, 1, 1)), ("area", 4096, (3, 7, 1)), ("bilinear", 4096, (2, 3, 1)), ("bilinear", 8, (2048, 2048, 1))],
)
def test_the_largest_sums_fit(resize: str, side: int, size: tuple[int, int, int]) -> None:
    """White frames, and nearly white ones, where 255 times the total weight comes closest to 2^32."""
    plan = plan_camera(Camera("grey8", side, side, Crop(side, side, 0, 0), resize), "model", size, values("uint8"))
    frames = np.full((2, side, side), 255, np.uint8)
    frames[1, ::5, ::3] = 254
    check(plan, frames)


def test_formats_have_the_same_names_in_both_languages() -> None:
    assert set(FORMATS) == set(PIXEL_BYTES)


def test_only_what_is_used_is_rendered_and_buffers_are_of_the_stated_size() -> None:
    plan = plan_camera(Camera("rgb565", 320, 240, Crop(240, 240, 40, 0), "area"), "model", (96, 96, 3), values())
    text = render_camera(plan)["camera/model_camera.c"]
    assert not any(word in text for word in ("19595", "91881", "kept", "advance", "values["))
    assert (plan.buffer_bytes, plan.rows_per_push, plan.row_bytes) == (96 * 3 * 4, 1, 640)
    plan = plan_camera(Camera("rggb", 320, 240, Crop(240, 240, 40, 0), "bilinear"), "model", (96, 96, 1), values())
    assert plan.buffer_bytes == 2 * 96 * 2 + 2 * 242
    assert all(line == line.rstrip() for line in render_camera(plan)["camera/model_camera.c"].splitlines())
