"""Cameras of any kind, their frames, and their generated C as a program."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from export.camera import BAYER_FORMATS, CAMERA_RESIZES, Camera, CameraPlan, Crop, plan_camera
from export.compile.host import find_host_compiler
from export.plan.plan import Quantized
from export.preprocessing import PLAIN_PIXELS, Preprocessing
from export.render import render_camera

FLAGS = (
    "-std=c99",
    "-O1",
    "-g",
    "-Wall",
    "-Wextra",
    "-Wconversion",
    "-Werror",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
)


def values(
    dtype: str = "int8", preprocessing: Preprocessing = PLAIN_PIXELS, scale: float = 1 / 128, zero_point: int = 0
) -> np.ndarray:
    return preprocessing.values(Quantized("pixels", (1, 1, 1, 1), dtype, scale, zero_point, 1))


@st.composite
def camera_plans(draw: st.DrawFn, pixel_format: str) -> CameraPlan:
    step = 2 if pixel_format in ("yuyv", "uyvy", *BAYER_FORMATS) else 1
    width, height = draw(st.integers(1, 24)) * step, draw(st.integers(1, 24)) * step
    crop_width, crop_height = draw(st.integers(1, width)), draw(st.integers(1, height))
    crop = Crop(crop_width, crop_height, draw(st.integers(0, width - crop_width)), draw(st.integers(0, height - crop_height)))
    resize = draw(st.sampled_from(CAMERA_RESIZES))
    most = (crop_height, crop_width) if resize == "area" else (40, 40)
    size = (draw(st.integers(1, most[0])), draw(st.integers(1, most[1])), draw(st.sampled_from((1, 3))))
    table = draw(st.sampled_from((values(), values("uint8"), values("int8", Preprocessing("area", 100, 50), 0.03, -7))))
    return plan_camera(Camera(pixel_format, width, height, crop, resize), "model", size, table)


def compile_camera(plan: CameraPlan, folder: Path) -> Path:
    """The program tests/support/camera_main.c around the generated C."""
    for name, text in render_camera(plan).items():
        (folder / Path(name).name).write_text(text)
    main, program = Path(__file__).with_name("camera_main.c"), folder / "program"
    command = [*find_host_compiler(), *FLAGS, f"-I{folder}", folder / "model_camera.c", main, "-o", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return program


def run_camera(plan: CameraPlan, program: Path, frames: np.ndarray) -> tuple[list[np.ndarray], list[int]]:
    """uint8 [2, height, row bytes] → the model's input of each, bytes [height, width, channels], and the rows per push of the first."""
    done = subprocess.run([program], input=frames.tobytes(), capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    output, images, counts = done.stdout, [], []
    for _ in frames:
        rows = b""
        for _ in range(plan.camera.height + 2):
            counts.append(int.from_bytes(output[:2], "little"))
            end = 2 + counts[-1] * plan.output_row_bytes
            rows, output = rows + output[2:end], output[end:]
        images.append(np.frombuffer(rows, np.uint8).reshape(plan.height, plan.width, plan.channels))
    assert not output
    return images, counts[: plan.camera.height + 2]
