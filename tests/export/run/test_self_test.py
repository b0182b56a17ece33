"""The self-test: firmware and host make the same input, and the firmware's CRC is that of the reference's bytes."""

from pathlib import Path

import pytest

from attendnets_tf.pretrained import bundled_model
from export.boards import default_board
from export.build import build
from export.check import check
from export.errors import AttendNetsError
from export.plan.plan import Quantized
from export.programs import QEMU
from export.read import read_bytes
from export.run import open_device
from export.run.protocol import encode_request
from export.self_test import expected_crc, make_input
from tests.support.stateful import streaming_model


@pytest.mark.parametrize(
    "on", ["unicorn", pytest.param("qemu", marks=pytest.mark.skipif(QEMU.find() is None, reason="no QEMU"))]
)
def test_firmware_tests_itself(on: str, tmp_path: Path) -> None:
    built = build(bundled_model(), default_board("cortex-m4"), tmp_path / "out")
    graph = check(read_bytes(bundled_model().read_bytes(), "model", "model"))
    assert built.report()["self_test"] == {"seed": 1, "crc": f"0x{expected_crc(graph):08x}"}
    with open_device(on, built.firmware.elf, built.plan.board) as device:
        crcs = [device.self_test(seed) for seed in (1, 2, 1)]
        assert crcs == [expected_crc(graph, seed) for seed in (1, 2, 1)] and crcs[0] != crcs[1]
        made = make_input(built.plan.inputs, 2)
        assert device.infer(made).output, "and it still infers"


def test_a_state_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "streaming.tflite"
    path.write_bytes(streaming_model())
    built = build(path, default_board("cortex-m4"), tmp_path / "out")
    expected = expected_crc(check(read_bytes(path.read_bytes(), "streaming", "streaming")))
    with open_device("unicorn", built.firmware.elf, built.plan.board) as device:
        device.infer(make_input(built.plan.inputs, 5))
        assert [device.self_test(1), device.self_test(1)] == [expected, expected]


def test_wide_inputs_are_zeros() -> None:
    value = Quantized("input", (4,), "float32", 1.0, 0, 16)
    assert make_input((value,), 7) == bytes(16)


def test_an_answer_out_of_turn_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = build(bundled_model(), default_board("cortex-m4"), tmp_path / "out")
    with open_device("unicorn", built.firmware.elf, built.plan.board) as device:
        request = encode_request(make_input(built.plan.inputs, 1))
        monkeypatch.setattr("export.run.device.encode_self_test", lambda seed: request)
        with pytest.raises(AttendNetsError, match="out of turn"):
            device.self_test(1)
