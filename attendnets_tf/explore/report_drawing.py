"""Networks as diagrams: boxes, words and arrows with their places, which the report's template draws as SVG.

A box is as high as the network's resolution and as wide as its channels there, in one proportion for all diagrams of a report, so
that networks can be compared at a glance. A condenser works at half the resolution with few channels, and is drawn so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from attendnets_tf.explore.report_words import TIMES

TOP, HIGHEST, WIDEST = 16.0, 140.0, 200.0  # pixels: margin above, the highest box, the widest stage without gaps
GAP, BETWEEN, LEAST, LINE = 4.0, 30.0, 104.0, 15.0  # between boxes, between columns, the narrowest column, between lines
KINDS = {"pepe": "PEPE", "convolution": "convolution"}
EMBEDDINGS = {"separable": "separable", "convolution": "full", "depthwise": "depthwise"}


@dataclass(frozen=True)
class Box:
    """``kind`` chooses the colour; ``title`` is shown under the pointer."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True)
class Text:
    kind: str
    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Diagram:
    """All in pixels, x to the right, y down; ``arrows`` are (x, length) along ``middle``."""

    title: str
    caption: str
    width: float
    height: float
    middle: float
    boxes: tuple[Box, ...]
    texts: tuple[Text, ...]
    arrows: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class _Part:
    """A box before it has a place; resolution and channels in the network's numbers."""

    kind: str
    resolution: int
    channels: int
    title: str


@dataclass(frozen=True)
class _Column:
    """Boxes at one resolution and the words under them, the first of which is a heading."""

    parts: tuple[_Part, ...]
    words: tuple[str, ...]


def draw(networks: Sequence[tuple[str, str, dict[str, Any]]]) -> list[Diagram]:
    """Diagrams of (title, caption, JSON of a :class:`attendnets_tf.specification.Specification`), all in the same proportions."""
    columns = [list(_columns(specification)) for _, _, specification in networks]
    every = [column for network in columns for column in network]
    if not every:
        return []
    high = HIGHEST / max(part.resolution for column in every for part in column.parts)
    wide = WIDEST / max(sum(part.channels for part in column.parts) for column in every)
    diagrams = [
        _placed(title, caption, network, high, wide) for (title, caption, _), network in zip(networks, columns, strict=True)
    ]
    width = max(diagram.width for diagram in diagrams)  # a narrower one must not be scaled up to fill the page
    return [Diagram(**{**vars(diagram), "width": width}) for diagram in diagrams]


def _placed(title: str, caption: str, columns: list[_Column], high: float, wide: float) -> Diagram:
    boxes: list[Box] = []
    texts: list[Text] = []
    arrows: list[tuple[float, float]] = []
    middle, left = TOP + HIGHEST / 2, 0.0
    for column in columns:
        inner = sum(max(1.5, part.channels * wide) for part in column.parts) + GAP * (len(column.parts) - 1)
        width = max(inner, LEAST)
        x = left + (width - inner) / 2
        if boxes:
            start = boxes[-1].x + boxes[-1].width + GAP
            arrows.append((_rounded(start), _rounded(x - GAP - start)))
        for part in column.parts:
            size = max(1.5, part.channels * wide), max(3.0, part.resolution * high)
            boxes.append(
                Box(part.kind, _rounded(x), _rounded(middle - size[1] / 2), _rounded(size[0]), _rounded(size[1]), part.title)
            )
            x += size[0] + GAP
        for line, words in enumerate(column.words):
            y = TOP + HIGHEST + 22 + LINE * line
            texts.append(Text("head" if line == 0 else "line", _rounded(left + width / 2), y, words))
        left += width + BETWEEN
    height = TOP + HIGHEST + 22 + LINE * max(len(column.words) for column in columns)
    return Diagram(title, caption, _rounded(left - BETWEEN), height, middle, tuple(boxes), tuple(texts), tuple(arrows))


def _columns(specification: dict[str, Any]) -> Iterator[_Column]:
    size, stem = specification["input"], specification["stem"]
    height, width = size["height"], size["width"]
    image = "RGB" if size["channels"] == 3 else "grey"
    yield _Column(
        (_Part("input", height, size["channels"], f"input {height}x{width}"),), ("input", f"{height}{TIMES}{width}", image)
    )
    height, width = (-(-side // stem["stride"]) for side in (height, width))
    words = ("stem", f"{height}{TIMES}{width}", f"{stem['filters']} channels", f"3{TIMES}3, stride {stem['stride']}")
    yield _Column((_Part("stem", height, stem["filters"], "3x3 convolution"),), words)
    for number, stage in enumerate(specification["stages"], start=1):
        height, width = height // stage["stride"], width // stage["stride"]
        yield _stage(number, stage, height, width)
    classes = specification["classes"]
    yield _Column((_Part("head", 1, classes, "average, 1x1 convolution, softmax"),), ("head", "average", f"{classes} classes"))


def _stage(number: int, stage: dict[str, Any], height: int, width: int) -> _Column:
    block, expansion = stage.get("block", "pepe"), stage.get("expansion", 1)
    condenser, embedding = stage["condenser_channels"], stage.get("embedding", "separable")
    parts: list[_Part] = []
    for index in range(1, stage["blocks"] + 1):
        if index > 1 and condenser is not None:
            title = f"attention condenser: {condenser} channels, {EMBEDDINGS[embedding]} embedding"
            parts.append(_Part("condenser", max(1, height // 2), condenser, title))
        stride = stage["stride"] if index == 1 else 1
        title = f"{KINDS[block]}: {stage['filters']} channels, expansion {expansion}, stride {stride}"
        parts.append(_Part(block, height, stage["filters"], title))
    words = [
        f"stage {number}",
        f"{height}{TIMES}{width}",
        f"{stage['blocks']} {TIMES} {KINDS[block]}",
        f"{stage['filters']} channels",
    ]
    if expansion != 1:
        words.append(f"{expansion} {TIMES} expanded")
    if condenser is not None:
        words += [f"condenser: {condenser} ch.", f"{EMBEDDINGS[embedding]} embedding"]
    return _Column(tuple(parts), tuple(words))


def _rounded(value: float) -> float:
    return round(value, 1)
