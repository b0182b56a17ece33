"""Stage 5, schedule, before all else: the order of the calls.

Where a network branches, its calls can be made in several orders, and the peak depends on which branch comes first. Between two places where
a single tensor is alive, the input included, the best order is found exactly, by dynamic programming over the sets of calls that can have been made.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

from ..decision import Decision
from ..lower import Lowering
from . import memory
from .in_place import overwritten
from .lives import Lives, lives_of

MOST_SETS = 5_000
"""That are looked at in one part of a network; a part that has more keeps its order."""

Order = tuple[int, ...]


def in_order(lowering: Lowering) -> tuple[Lowering, tuple[Decision, ...]]:
    """The calls in an order with the lowest peak, layer by layer; every part of the network that does not exceed it stays as it is."""
    lives, calls, decisions = lives_of(lowering), list(lowering.calls), []
    ends = [n for n in range(len(calls) + 1) if n in (0, len(calls)) or len(_crossing(lives, n)) <= 1]
    parts = [_Part(lowering, lives, first, end) for first, end in pairwise(ends)]
    orders = [part.best_order() for part in parts]
    lowest = max((part.peak(order or part.given) for part, order in zip(parts, orders, strict=True)), default=0)
    for part, order in zip(parts, orders, strict=True):
        given, steps = part.peak(part.given), f"steps {part.first} to {part.first + len(part.given) - 1}"
        if order is None:
            decisions.append(Decision("order", f"{steps} as in the model", "others", "too many to look at", "nothing"))
        elif given > lowest:
            calls[part.first : part.first + len(order)] = [lowering.calls[part.first + place] for place in order]
            reason, saved = "the lowest peak, layer by layer", f"{given - part.peak(order)} bytes of RAM there"
            decisions.append(Decision("order", f"{steps} as {order}", "as in the model", reason, saved))
    return replace(lowering, calls=tuple(calls)), tuple(decisions)


def _crossing(lives: Lives, number: int) -> set[int]:
    """What the calls from this one on find, inputs as well."""
    return {tensor for tensor, first in lives.first.items() if first < number <= lives.last[tensor]}


class _Part:
    """A run of calls, counted from its first. A set of them is a number with a bit for each."""

    def __init__(self, lowering: Lowering, lives: Lives, first: int, end: int) -> None:
        self._lowering = lowering
        self.first = first
        self._calls = lowering.calls[first:end]
        self.given: Order = tuple(range(end - first))
        self._sizes = {tensor: memory.aligned(size) for tensor, size in lives.bytes.items()}
        self._lives = lives
        self._before = set(lives.crossing(first))
        self._behind = set(lives.crossing(end))
        self._users: dict[int, int] = defaultdict(int)
        self._writers: dict[int, int] = defaultdict(int)
        self._needs = [0] * len(self._calls)
        # What an inference leaves in a state lies where it found it.
        place = {kept: state.read for state, kept in zip(lowering.graph.states, lowering.kept, strict=True)}
        users: dict[int, int] = defaultdict(int)
        writers: dict[int, int] = defaultdict(int)
        for number, call in enumerate(self._calls):
            output = lowering.storage(call.output)
            read = {lowering.storage(index) for index in call.inputs if lowering.graph.tensors[index].data is None}
            for tensor in read:
                self._needs[number] |= writers[place.get(tensor, tensor)]
            self._needs[number] |= users[place.get(output, output)]
            for tensor in (*read, output):
                users[place.get(tensor, tensor)] |= 1 << number
                self._users[tensor] |= 1 << number
            writers[place.get(output, output)] |= 1 << number
            self._writers[output] |= 1 << number

    def best_order(self) -> Order | None:
        """That with the lowest peak, among equals that whose calls come as given; None where there are too many to look at."""
        found: dict[int, tuple[int, Order]] = {0: (0, ())}
        looked_at = 0
        for _ in self._calls:
            longer: dict[int, tuple[int, Order]] = {}
            for done, (peak, order) in found.items():
                for number in self.given:
                    if done >> number & 1 or self._needs[number] & ~done:
                        continue
                    way = (max(peak, self._bytes(done, number)), (*order, number))
                    after = done | 1 << number
                    longer[after] = min(longer.get(after, way), way)
            looked_at += len(longer)
            if looked_at > MOST_SETS:
                return None
            found = longer
        ((_, order),) = found.values()
        return order

    def peak(self, order: Order) -> int:
        """The most bytes in the arena while one of the calls runs."""
        done, most = 0, 0
        for number in order:
            most = max(most, self._bytes(done, number))
            done |= 1 << number
        return most

    def _bytes(self, done: int, number: int) -> int:
        """While a call runs after those that are ``done``."""
        call, after = self._calls[number], done | 1 << number
        alive = 0
        for tensor, users in self._users.items():
            there = tensor in self._before or self._writers[tensor] & after
            if there and (users & ~done or tensor in self._behind) and tensor in self._sizes:
                alive += self._sizes[tensor]
        output = self._lowering.storage(call.output)
        for tensor in overwritten(self._lowering, call, self._lives.bytes):
            last = not self._users[tensor] & ~after and tensor not in self._behind
            if last and not self._writers[output] & done:
                alive -= self._sizes[tensor]
                break
        return alive + memory.aligned(call.least_scratch)
