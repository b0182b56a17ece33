"""What a network is made of, as data: frozen dataclasses and their JSON form.

A specification file is an object with exactly the keys of :class:`Specification` (and of the classes inside it) or, where it has the
key ``architecture``, of :class:`Baseline`. Unknown, missing or ill-typed keys are refused by name, so a typing error never trains the
wrong network. Keys with a default may be missing, and are not written where they have it: files and runs from before they existed stay valid.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from functools import partial
from math import floor
from pathlib import Path
from typing import Any, Self, TypeVar

from export.errors import InputError

VERSION = 1
SHIPPED = Path(__file__).parent / "specifications"
FORMS = ("mul", "mul_residual", "scale_add")
GATES = ("sigmoid", "relu6")
BLOCKS = ("pepe", "convolution")
EMBEDDINGS = ("separable", "convolution", "depthwise")
SMALLEST_EXPANSION, LARGEST_EXPANSION = 0.25, 6
BASELINES = ("mobilenet_v1", "mobilenet_v2", "resnet8")
EXAMPLES = "see attendnets_tf/specifications for examples"

T = TypeVar("T")


@dataclass(frozen=True)
class Input:
    """Image size in pixels; ``channels`` is 1 (grey) or 3 (RGB)."""

    height: int
    width: int
    channels: int


@dataclass(frozen=True)
class Stem:
    """First convolution, 3x3: output channels and stride (1 or 2)."""

    filters: int
    stride: int


@dataclass(frozen=True)
class Stage:
    """Blocks at one resolution.

    The first block changes channels and resolution (``stride`` 1 or 2); the other ``blocks - 1`` keep both, each led by a
    visual attention condenser with ``condenser_channels`` channels inside (null: no condenser).

    ``block`` is what a block is: ``pepe``, or ``convolution``, a plain 3x3 one. ``expansion`` (0.25 to 6) widens or narrows what is
    inside a PEPE. ``embedding`` is what a condenser does at its condensed resolution: ``separable`` (depthwise 3x3 doubling the
    channels, then pointwise), ``convolution`` (3x3), or ``depthwise`` (3x3).
    """

    filters: int
    blocks: int
    stride: int
    condenser_channels: int | None
    block: str = "pepe"
    expansion: int | float = 1
    embedding: str = "separable"

    @property
    def expanded(self) -> int:
        """Channels of a PEPE's first convolution and of its depthwise one: ``filters`` times ``expansion``, as a multiple of 4."""
        if self.expansion == 1:
            return self.filters
        return 4 * max(1, floor(self.filters * self.expansion / 4 + 0.5))


@dataclass(frozen=True)
class Attention:
    """Selective attention F(V, A, S): how a condenser's attention values A act on its input V with a learned scale S.

    ``form``: ``mul`` = S·V·g(A), ``mul_residual`` = V·(1 + S·g(A)), ``scale_add`` = S·V + A. ``gate`` g is ``sigmoid`` or
    ``relu6`` (relu6(A + 3) / 6, which needs no table on the device); ``scale_add`` has no gate (null).
    """

    form: str
    gate: str | None


class _Network:
    """What specifications of all kinds can do; they are dataclasses with ``classes`` and ``input``."""

    def to_json(self) -> str:
        """The JSON text that ``from_json`` reads back to an equal specification."""
        return json.dumps({"version": VERSION} | _plain(self), indent=2, ensure_ascii=False) + "\n"

    def adapted(self, classes: int | None = None, size: tuple[int, int, int] | None = None) -> Self:
        """The same network for another number of classes or another input size (height, width, channels)."""
        changes: dict[str, Any] = {} if classes is None else {"classes": classes}
        return replace(self, **changes | ({} if size is None else {"input": Input(*size)}))  # type: ignore[type-var]


@dataclass(frozen=True)
class Specification(_Network):
    """An AttendNet: stem, stages, and a head that pools, classifies and applies softmax.

    Raises :class:`InputError` when built with values that give no network, naming the value.
    """

    name: str
    input: Input
    classes: int
    stem: Stem
    stages: tuple[Stage, ...]
    attention: Attention

    def __post_init__(self) -> None:
        _check(self)

    @classmethod
    def from_json(cls, text: str, source: str = "specification") -> Self:
        """Read a specification; ``source`` names it in error messages."""
        data = _content(text, source)
        _check_keys(cls, data, source)
        stages = data["stages"]
        if not isinstance(stages, list):
            raise InputError(f'{source}: "stages" must be a list', "write one object per stage")
        return cls(
            name=_typed(data["name"], "str", f"{source}: name"),
            input=_parse(Input, data["input"], f"{source}: input"),
            classes=_typed(data["classes"], "int", f"{source}: classes"),
            stem=_parse(Stem, data["stem"], f"{source}: stem"),
            stages=tuple(_parse(Stage, stage, f"{source}: stages[{i}]") for i, stage in enumerate(stages)),
            attention=_parse(Attention, data["attention"], f"{source}: attention"),
        )

    def without_condensers(self) -> "Specification":
        """The same network with nothing where condensers were, as a baseline."""
        stages = tuple(replace(stage, condenser_channels=None) for stage in self.stages)
        return replace(self, name=f"{self.name}_without_condensers", stages=stages)


@dataclass(frozen=True)
class Baseline(_Network):
    """A published network to compare with: MobileNet-V1 (arXiv 1704.04861), MobileNet-V2 (arXiv 1801.04381), or the ResNet8 of MLPerf
    Tiny (arXiv 2106.07597).

    ``width`` scales all channel counts, which become multiples of 8; ``stem_stride`` is that of the first convolution: published
    is 2 for the MobileNets, and 1 for ResNet8. Raises :class:`InputError` when built with values that give no network.
    """

    name: str
    architecture: str
    input: Input
    classes: int
    width: float
    stem_stride: int

    def __post_init__(self) -> None:
        _check_common(self)
        _require(
            self,
            self.architecture in BASELINES,
            f'architecture is "{self.architecture}"',
            f"use one of: {', '.join(BASELINES)}; or leave it out for an AttendNet",
        )
        _require(self, 0.1 <= self.width <= 4, f"width is {self.width}", "use 0.1 to 4")
        _require(self, self.stem_stride in (1, 2), f"stem_stride is {self.stem_stride}", "use 1 or 2")

    @classmethod
    def from_json(cls, text: str, source: str = "specification") -> Self:
        """Read a specification; ``source`` names it in error messages."""
        data = _content(text, source)
        _check_keys(cls, data, source)
        return cls(
            name=_typed(data["name"], "str", f"{source}: name"),
            architecture=_typed(data["architecture"], "str", f"{source}: architecture"),
            input=_parse(Input, data["input"], f"{source}: input"),
            classes=_typed(data["classes"], "int", f"{source}: classes"),
            width=float(_typed(data["width"], "int | float", f"{source}: width")),
            stem_stride=_typed(data["stem_stride"], "int", f"{source}: stem_stride"),
        )


def load_specification(name_or_path: str | Path) -> Specification | Baseline:
    """A shipped specification by name (``attendnet_nano``, ``resnet8`` …) or any file by path.

    Raises :class:`InputError` when there is no such file or its content is refused.
    """
    path = Path(name_or_path)
    if path.suffix != ".json" and str(name_or_path) == path.name:
        path = SHIPPED / f"{name_or_path}.json"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{name_or_path}: no readable specification ({error})",
            f"give a path to a .json file or one of: {', '.join(shipped_specifications())}",
        ) from error
    content = _content(text, path.name)
    return (Baseline if "architecture" in content else Specification).from_json(text, source=path.name)


def shipped_specifications() -> list[str]:
    """Names of the specifications that come with the package, sorted."""
    return sorted(path.stem for path in SHIPPED.glob("*.json"))


def _content(text: str, source: str) -> dict[str, Any]:
    """The object of a specification file, without its version."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{source}: not JSON: {error}", EXAMPLES) from error
    if not isinstance(data, dict):
        raise InputError(f"{source}: expected a JSON object", EXAMPLES)
    if data.pop("version", None) != VERSION:
        raise InputError(f'{source}: key "version" must be {VERSION}', "this release reads no other version")
    return data


def _plain(value: Any) -> Any:
    """Dataclasses, within tuples too, as objects for JSON, without what has its default."""
    if is_dataclass(value):
        values = {field.name: (getattr(value, field.name), field.default) for field in fields(value)}
        return {name: _plain(item) for name, (item, default) in values.items() if item != default}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _check_keys(cls: type, data: Mapping[str, Any], source: str) -> None:
    known = {field.name for field in fields(cls)}
    needed = {field.name for field in fields(cls) if field.default is MISSING}
    for problem, keys in (("unknown", set(data) - known), ("missing", needed - set(data))):
        if keys:
            raise InputError(f'{source}: {problem} key "{min(keys)}"', f"the keys are: {', '.join(sorted(known))}")


def _parse(cls: type[T], data: object, source: str) -> T:
    if not isinstance(data, dict):
        raise InputError(f"{source}: expected an object", EXAMPLES)
    _check_keys(cls, data, source)
    types = {field.name: _type_name(field.type) for field in fields(cls)}  # type: ignore[arg-type]
    return cls(**{key: _typed(value, types[key], f"{source}.{key}") for key, value in data.items()})


def _type_name(annotation: object) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def _typed(value: Any, type_name: str, source: str) -> Any:
    # bool is an int to Python, but `"stride": true` is a mistake.
    name = "None" if value is None else type(value).__name__
    if name not in type_name.split(" | "):
        raise InputError(f"{source}: {json.dumps(value)} is not {type_name.replace('None', 'null')}", "correct the value")
    return value


def _require(spec: Specification | Baseline, condition: bool, message: str, hint: str) -> None:
    if not condition:
        raise InputError(f"{spec.name or 'specification'}: {message}", hint)


def _check_common(spec: Specification | Baseline) -> None:
    """What every network must have."""
    require = partial(_require, spec)
    require(
        spec.name.isidentifier() and spec.name.isascii(),
        f'name "{spec.name}" is not an identifier',
        "use letters, digits and _ (it names C functions)",
    )
    require(spec.input.channels in (1, 3), f"input.channels is {spec.input.channels}", "use 1 (grey) or 3 (RGB)")
    require(min(spec.input.height, spec.input.width) >= 4, "input is smaller than 4x4 pixels", "use a larger input")
    require(max(spec.input.height, spec.input.width) <= 2048, "input is larger than 2048x2048 pixels", "use a smaller input")
    require(spec.classes >= 2, f"classes is {spec.classes}", "a classifier needs at least two classes")


def _check(spec: Specification) -> None:
    _check_common(spec)
    require = partial(_require, spec)
    require(len(spec.stages) >= 1, "stages is empty", "give at least one stage")
    require(spec.stem.filters >= 1, f"stem.filters is {spec.stem.filters}", "use a positive number")
    require(spec.stem.stride in (1, 2), f"stem.stride is {spec.stem.stride}", "use 1 or 2")
    require(spec.attention.form in FORMS, f'attention.form is "{spec.attention.form}"', f"use one of: {', '.join(FORMS)}")
    if spec.attention.form == "scale_add":
        require(spec.attention.gate is None, "attention.gate is set, but scale_add has no gate", "set gate to null")
    else:
        require(spec.attention.gate in GATES, f'attention.gate is "{spec.attention.gate}"', f"use one of: {', '.join(GATES)}")

    height, width = (-(-size // spec.stem.stride) for size in (spec.input.height, spec.input.width))
    for index, stage in enumerate(spec.stages):
        where = f"stages[{index}]"
        require(stage.stride in (1, 2), f"{where}.stride is {stage.stride}", "use 1 or 2")
        require(stage.blocks >= 1, f"{where}.blocks is {stage.blocks}", "use a positive number")
        require(
            stage.filters >= 2 and stage.filters % 2 == 0, f"{where}.filters is {stage.filters}", "use a positive even number"
        )
        _check_forms(spec, stage, where)
        if stage.stride == 2:
            require(
                height % 2 == width % 2 == 0,
                f"{where} halves an odd size, {height}x{width}",
                "choose an input size that divides",
            )
            height, width = height // 2, width // 2
        if stage.condenser_channels is not None:
            require(
                stage.condenser_channels >= 1,
                f"{where}.condenser_channels is {stage.condenser_channels}",
                "use a positive number or null",
            )
            require(
                stage.blocks >= 2, f"{where} has a condenser but only one block", "add blocks or set condenser_channels to null"
            )
            require(
                height % 2 == width % 2 == 0,
                f"{where}: a condenser cannot halve and restore an odd size, {height}x{width}",
                "set condenser_channels to null there, or choose an input size that divides",
            )


def _check_forms(spec: Specification, stage: Stage, where: str) -> None:
    """What a stage's blocks and condensers are made of."""
    require = partial(_require, spec)
    require(stage.block in BLOCKS, f'{where}.block is "{stage.block}"', f"use one of: {', '.join(BLOCKS)}")
    require(stage.embedding in EMBEDDINGS, f'{where}.embedding is "{stage.embedding}"', f"use one of: {', '.join(EMBEDDINGS)}")
    require(
        SMALLEST_EXPANSION <= stage.expansion <= LARGEST_EXPANSION,
        f"{where}.expansion is {stage.expansion}",
        f"use {SMALLEST_EXPANSION} to {LARGEST_EXPANSION}",
    )
    require(
        stage.block == "pepe" or stage.expansion == 1,
        f"{where}.expansion is {stage.expansion}, but a {stage.block} has nothing inside",
        'set expansion to 1, or block to "pepe"',
    )
