"""Counts the instructions of every layer from the basic blocks that an emulator executes."""

import re
from collections.abc import Callable
from typing import Any

from ..compile.code import callees, instruction_bytes, operations
from ..compile.elf import Image, Symbol
from ..errors import AttendNetsError
from .cycles import CycleModel

Executed = dict[int, int]
"""Address of a block: executions times its bytes. (An emulator always cuts the same code into the same blocks.)"""
Entered = dict[int, int]
"""Address of a block: how often it was entered from the block before it in memory; any other execution was jumped to."""

_HARNESS = ""
_CALLER = "an_call_model"
_RUNTIME = ("an_take_turn", "an_push_row", "an_arrive", "memcpy", "memmove")
"""What segments call beside layers."""
_OUTSIDE = (_CALLER, "an_measure")
"""Harness functions that the model returns to."""


class Profile:
    """Says which layer runs, and counts. A layer owns all it calls; the model's own function counts under its own name.

    ``model`` is the model's name, ``layer`` the function that runs: a layer, <model>_run, or "" outside of the model.
    ``on_block`` is to be called before every basic block, with four arguments of which the second and third are the block's address
    and its bytes. ``on_layer_end`` is called with the name of every layer that ends. To know the layer without counting, it is enough
    to report the blocks of the functions in ``watched``. Cycles are those of ``model_of_core``.
    """

    def __init__(self, image: Image, limit: int, model_of_core: CycleModel | None = None) -> None:
        (run,) = callees(image, image.function(_CALLER))
        self.model = run.name.removesuffix("_run").removesuffix("_push_rows")
        self.layer = _HARNESS
        self.on_layer_end: Callable[[str], None] | None = None
        self._image = image
        # A compiler marks functions that it has specialized by a suffix after a dot
        own, layers = _functions(image, run, self.model)
        outside = [image.function(name) for name in _OUTSIDE]
        self.watched = [*outside, *own, *layers]
        entries = {layer.address: layer.name.split(".")[0] for layer in layers}
        owners = {address: _HARNESS for function in outside for address in _addresses(function)}
        owners |= {address: run.name for function in own for address in _addresses(function)} | entries
        self._names = [*entries.values(), run.name]
        self._sizes: dict[int, int] = {}
        self._lengths: dict[int, int] = {}
        self._model_of_core = model_of_core
        self._costs: dict[int, tuple[int, int]] = {}
        self._executed: dict[str, Executed] = {name: {} for name in (*self._names, _HARNESS)}
        self._entered: dict[str, Entered] = {name: {} for name in self._executed}
        self.on_block = self._block_counter(owners, limit)

    def restart(self) -> None:
        """Forgets all counts."""
        for counts in (*self._executed.values(), *self._entered.values()):
            counts.clear()

    def instructions(self) -> dict[str, int]:
        """Executed instructions of each layer in the order of their calls, then of <model>_run itself."""
        return {name: sum(self._count(*block) for block in self._executed[name].items()) for name in self._names}

    def estimated_cycles(self) -> dict[str, int]:
        """Estimated cycles of each layer as for ``instructions``; empty where no model of the core is known."""
        if self._model_of_core is None:
            return {}
        return {
            name: sum(self._estimate(self._model_of_core, name, *block) for block in self._executed[name].items())
            for name in self._names
        }

    def _block_counter(self, owners: dict[int, str], limit: int) -> Callable[[Any, int, int, Any], None]:
        """A closure over local names, because it runs a million times per second."""
        executed, entered, sizes = self._executed[_HARNESS], self._entered[_HARNESS], self._sizes
        following = 0

        def on_block(emulator: Any, address: int, size: int, user: Any) -> None:
            nonlocal executed, entered, following
            if address in owners and owners[address] != self.layer:
                executed, entered = self._enter(owners[address])
            if address == following:
                entered[address] = entered.get(address, 0) + 1
            following = address + size
            total = executed.get(address)
            if total is None:
                executed[address] = sizes[address] = size
            else:
                executed[address] = total = total + size
                if total > limit:
                    raise AttendNetsError(
                        f"The firmware hangs in {self._function_at(address)}.", "Look for an endless loop there."
                    )

        return on_block

    def _enter(self, owner: str) -> tuple[Executed, Entered]:
        ended, self.layer = self.layer, owner
        if self.on_layer_end is not None and ended != _HARNESS:
            self.on_layer_end(ended)
        return self._executed[owner], self._entered[owner]

    def _count(self, address: int, executed: int) -> int:
        """Instructions in ``executed`` bytes of the block at ``address``."""
        size = self._sizes[address]
        if address not in self._lengths:
            self._lengths[address] = _count_instructions(self._image.read(address, size))
        return executed // size * self._lengths[address]

    def _estimate(self, model: CycleModel, name: str, address: int, executed: int) -> int:
        """Estimated cycles in ``executed`` bytes of the block at ``address``."""
        size = self._sizes[address]
        if address not in self._costs:
            code = operations(self._image.read(address, size), address)
            self._costs[address] = model.block(code), model.jump(code, address)
        once, jump = self._costs[address]
        times = executed // size
        return times * once + (times - self._entered[name].get(address, 0)) * jump

    def _function_at(self, address: int) -> str:
        function = self._image.function_at(address)
        return function.name if function else f"0x{address:08x}"


def _functions(image: Image, run: Symbol, model: str) -> tuple[list[Symbol], list[Symbol]]:
    """The functions that call layers: the one that the harness calls, and those of segments; and the layers."""
    own, layers = [run], []
    names = re.compile(rf"{re.escape(model)}_(finish|segment_\d+_pass)$")
    for function in own:
        for callee in callees(image, function):
            if names.match(callee.name.split(".")[0]):
                own += [callee] if callee not in own else []
            elif callee.name not in _RUNTIME and callee not in layers:
                layers.append(callee)
    return own, layers


def _addresses(function: Symbol) -> range:
    return range(function.address, function.address + function.size, 2)


def _count_instructions(code: bytes) -> int:
    """Thumb instructions."""
    count = offset = 0
    while offset < len(code):
        offset += instruction_bytes(code, offset)
        count += 1
    return count
