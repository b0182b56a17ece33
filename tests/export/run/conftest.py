"""Builds toy firmware once per worker."""

from functools import cache

import pytest

from export.boards import default_board, load_board
from export.compile.firmware import Firmware, compile_firmware
from export.compile.toolchain import Kind, find_toolchain
from export.errors import AttendNetsError
from export.targets import target_names
from tests.support.toy_project import NAME, BuildToy, make_project


@pytest.fixture(scope="session")
def build_toy(tmp_path_factory: pytest.TempPathFactory) -> BuildToy:
    """build_toy(name of a target or board, "gcc" or "zig", **extras of make_project); skips where the compiler is missing."""

    @cache
    def build(target_name: str = "cortex-m4", kind: Kind = "zig", **extras: str) -> Firmware:
        board = default_board(target_name) if target_name in target_names() else load_board(target_name)
        try:
            toolchain = find_toolchain(board.target, kind)
        except AttendNetsError as error:
            pytest.skip(error.message)
        directory = make_project(tmp_path_factory.mktemp("toy"), board, **extras)
        return compile_firmware(directory, board, NAME, toolchain)

    return build
