"""The examples beside a project that build made: free of warnings on both machines, and right on the workstation."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from attendnets_tf.camera import resize
from attendnets_tf.images import load_image, to_int8
from attendnets_tf.pretrained import bundled_images, bundled_model
from export import load
from export.boards import default_board
from export.build import build
from export.camera import parse_camera
from export.compile import gcc
from export.compile.host import find_host_compiler

EXAMPLES = Path(__file__).parents[1] / "examples"
PROGRAMS = sorted(path.stem for path in EXAMPLES.glob("*.c"))
STRICT = ("-std=c99", "-O2", "-Wall", "-Wextra", "-Wconversion", "-Werror")
BOARD = Path(__file__).parent / "support" / "example_board.c"
SIDE = 56


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("examples") / "firmware"
    build(
        bundled_model(), default_board("cortex-m4"), out, camera=parse_camera(f"grey8:60x{SIDE}", f"{SIDE}x{SIDE}+3+0", "area")
    )
    return out


def arguments(project: Path, program: str) -> list[str]:
    folders = [f"-I{EXAMPLES}", *(f"-I{project / folder}" for folder in ("camera", "model")), f"-iquote{project / 'kernels'}"]
    sources = [str(path) for folder in ("camera", "model", "kernels") for path in sorted((project / folder).glob("*.[cS]"))]
    return [*STRICT, *folders, str(EXAMPLES / f"{program}.c"), *sources]


def run(project: Path, program: str, given: bytes) -> list[str]:
    """Lines that the program writes on a board whose camera, or port, sends what is ``given``."""
    executable = project.parent / program
    sanitizers = ("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    command = [*find_host_compiler(), *arguments(project, program), *sanitizers, str(BOARD), "-o", str(executable)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ended = subprocess.run([executable], input=given, capture_output=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    return ended.stdout.decode().splitlines()


def frame_of(digit: int) -> np.ndarray:
    """A bundled digit at twice its size, with noise, and other pixels beside the crop: uint8 [56, 60]."""
    rng = np.random.default_rng(digit)
    image = load_image(bundled_images()[digit][0], 28, 28, 1)[..., 0].repeat(2, axis=0).repeat(2, axis=1)
    frame = rng.integers(0, 256, (SIDE, 60), dtype=np.uint8)
    frame[:, 3:59] = np.clip(image.astype(int) + rng.integers(-20, 20, image.shape), 0, 255)
    return frame


def answer_to(frame: np.ndarray) -> str:
    scores = load(bundled_model()).predict(to_int8(resize(frame[:, 3:59, None], 28, 28, "area"))[None])
    return f"CLASS {np.argmax(scores)} SCORE {np.max(scores)}"


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_link_on_both_machines_with_nothing_but_a_project(project: Path, program: str, tmp_path: Path) -> None:
    """The weak stand-ins make each complete; memory.c stands for the C library of a board."""
    memory = str(project / "harness" / "memory.c")
    bare = (
        "-mcpu=cortex-m4",
        "-mthumb",
        "-ffreestanding",
        "-nostdlib",
        "-Wl,--entry=main",
        f"-I{project / 'harness'}",
        memory,
        "-lgcc",
    )
    for compiler, extra in ((find_host_compiler(), ()), (gcc.find(), bare)):
        if compiler:
            command = [*compiler, *arguments(project, program), *extra, "-o", str(tmp_path / "program")]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0 and not done.stderr, done.stderr


def test_camera_loop(project: Path) -> None:
    frames = [frame_of(digit) for digit in (3, 8)]
    lines = run(project, "camera_loop", b"".join(frame.tobytes() for frame in frames))
    assert lines == [answer_to(frame) for frame in frames]
    assert [line.split()[1] for line in lines] == ["3", "8"]


def test_uart_classifier(project: Path) -> None:
    """Noise before a frame is skipped, even where it begins like one; a frame that is broken off is reported."""
    first, second = frame_of(1), frame_of(7)
    given = b"noise FRFRME" + first.tobytes() + b"FRME" + second.tobytes() + b"FRME" + first.tobytes()[:-1]
    assert run(project, "uart_classifier", given) == [answer_to(first), answer_to(second), "LOST"]


def test_wake_on_motion(project: Path) -> None:
    """Noise is no motion; a changed scene is, and the frame behind it is classified."""
    still, moved = frame_of(2), frame_of(5)
    noisy = np.clip(still.astype(int) + np.random.default_rng(0).integers(-9, 9, still.shape), 0, 255).astype(np.uint8)
    frames = (still, noisy, moved, moved, moved)
    assert run(project, "wake_on_motion", b"".join(frame.tobytes() for frame in frames)) == ["SLEEP", answer_to(moved), "SLEEP"]
