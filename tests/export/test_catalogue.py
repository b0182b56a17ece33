"""The catalogue of boards: what it lists, what fits, and the page made of it."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from attendnets_tf.pretrained import FOLDER
from export.boards import board_names
from export.catalogue import catalogue
from export.errors import InputError
from tests.support.model_builder import ModelBuilder

ROOT = Path(__file__).parents[2]


def test_every_board_is_listed() -> None:
    entries = catalogue()
    assert [entry["name"] for entry in entries] == board_names()
    assert "fits" not in entries[0]
    pico = next(entry for entry in entries if entry["name"] == "raspberry_pi_pico")
    assert pico["ram"] == {"sram": 264 * 1024} and "uf2" in pico["tools"]


def test_what_fits() -> None:
    fits = {entry["name"]: entry for entry in catalogue(FOLDER / "attendnet_nano_cifar10.tflite")}
    assert fits["nucleo_l4r5zi"]["fits"] and fits["nucleo_l4r5zi"]["lacks"] is None
    assert not fits["stm32f072_discovery"]["fits"] and "bytes of RAM" in fits["stm32f072_discovery"]["lacks"]


def test_what_lacks_flash(tmp_path: Path) -> None:
    builder = ModelBuilder()
    source, output = builder.tensor((1, 1000), 0.1, 0), builder.tensor((1, 600), 0.1, 0)
    weights = builder.constant(np.ones((600, 1000), np.int8), [0.1])
    builder.operator("FULLY_CONNECTED", [source, weights], output, "FullyConnectedOptions")
    path = tmp_path / "wide.tflite"
    path.write_bytes(builder.build([source], [output]))
    fits = {entry["name"]: entry for entry in catalogue(path)}
    assert "bytes of flash" in fits["nucleo_l552ze_q"]["lacks"] and fits["nucleo_l4r5zi"]["fits"]
    with pytest.raises(InputError, match="no such file"):
        catalogue(tmp_path / "none.tflite")


def test_the_page_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("make_boards_page", ROOT / "docs" / "make_boards_page.py")
    assert spec and spec.loader
    page_maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page_maker)
    page = page_maker.PAGE.read_text(encoding="utf-8")
    assert page == page_maker.with_table(page), "run: python docs/make_boards_page.py"
