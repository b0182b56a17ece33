"""Specifications: JSON round trip, and refusal of everything that would give another network than the one meant."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from attendnets_tf.specification import (
    SHIPPED,
    Attention,
    Baseline,
    Input,
    Specification,
    Stage,
    load_specification,
    shipped_specifications,
)
from export.errors import InputError

DIGITS = load_specification("attendnet_digits")


def _changed(**changes: Any) -> str:
    data = json.loads(DIGITS.to_json())
    for path, value in changes.items():
        *parents, key = (int(part) if part.isdigit() else part for part in path.split("__"))
        target = data
        for parent in parents:
            target = target[parent]
        if value is None and key not in ("gate", "condenser_channels"):
            target.pop(key, None)
        else:
            target[key] = value
    return json.dumps(data)


@pytest.mark.parametrize("name", shipped_specifications())
def test_shipped_specifications_survive_a_round_trip(name: str) -> None:
    specification = load_specification(name)
    assert specification.name == name
    assert type(specification).from_json(specification.to_json()) == specification


def test_optional_keys_are_written_only_where_they_say_something() -> None:
    """Files, and fingerprints of runs, from before these keys existed are those of today."""
    stage = Stage(16, 2, 2, 4, block="pepe", expansion=1.0, embedding="separable")
    plain = replace(DIGITS, stages=(stage,))
    assert json.loads(plain.to_json())["stages"] == [{"filters": 16, "blocks": 2, "stride": 2, "condenser_channels": 4}]
    assert plain == replace(DIGITS, stages=(Stage(16, 2, 2, 4),))
    for name in shipped_specifications():
        assert json.loads(load_specification(name).to_json()) == json.loads((SHIPPED / f"{name}.json").read_text())

    forms = replace(plain, stages=(replace(stage, expansion=2.5, embedding="depthwise"), Stage(8, 1, 1, None, "convolution")))
    written = json.loads(forms.to_json())["stages"]
    assert written[0]["expansion"] == 2.5 and written[0]["embedding"] == "depthwise" and "block" not in written[0]
    assert written[1]["block"] == "convolution" and "expansion" not in written[1]
    assert Specification.from_json(forms.to_json()) == forms


@pytest.mark.parametrize(
    ("filters", "expansion", "expanded"),
    [(6, 1, 6), (6, 1.0, 6), (6, 2, 12), (8, 0.25, 4), (2, 0.25, 4), (16, 1.5, 24), (12, 1.5, 20), (14, 1.01, 16), (10, 6, 60)],
)
def test_expansion_gives_multiples_of_four_but_1_leaves_the_width_alone(filters: int, expansion: float, expanded: int) -> None:
    assert Stage(filters, 1, 1, None, expansion=expansion).expanded == expanded


def test_a_specification_is_read_from_any_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(DIGITS.to_json())
    assert load_specification(path) == DIGITS


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"colour": 1}, 'unknown key "colour"'),
        ({"stem": None}, 'missing key "stem"'),
        ({"version": 2}, '"version" must be 1'),
        ({"version": None}, '"version" must be 1'),
        ({"stem__kernel": 3}, 'stem: unknown key "kernel"'),
        ({"stages__1__stride": None}, 'stages[1]: missing key "stride"'),
        ({"stages__0__filters": "16"}, "stages[0].filters"),
        ({"stages__0__filters": 16.0}, "stages[0].filters"),
        ({"stages__0__stride": True}, "stages[0].stride"),
        ({"stages__0__filters": 15}, "stages[0].filters is 15"),
        ({"stages__0__stride": 3}, "stages[0].stride is 3"),
        ({"stages__0__blocks": 0}, "stages[0].blocks is 0"),
        ({"stages__0__blocks": 1}, "stages[0] has a condenser but only one block"),
        ({"stages__0__condenser_channels": 0}, "stages[0].condenser_channels is 0"),
        ({"stages__1__condenser_channels": 8}, "stages[1]: a condenser cannot halve and restore an odd size, 7x7"),
        ({"stages__0__block": "resnet"}, 'stages[0].block is "resnet"'),
        ({"stages__0__block": None, "stages__0__blok": "pepe"}, 'stages[0]: unknown key "blok"'),
        ({"stages__0__block": 1}, "stages[0].block: 1 is not str"),
        ({"stages__1__embedding": "dense"}, 'stages[1].embedding is "dense"'),
        ({"stages__0__expansion": 0.2}, "stages[0].expansion is 0.2"),
        ({"stages__0__expansion": 6.5}, "stages[0].expansion is 6.5"),
        ({"stages__0__expansion": float("nan")}, "stages[0].expansion is nan"),
        ({"stages__0__expansion": True}, "stages[0].expansion: true is not int | float"),
        ({"stages__0__block": "convolution", "stages__0__expansion": 2}, "but a convolution has nothing inside"),
        ({"stages": []}, "stages is empty"),
        ({"stages": {}}, '"stages" must be a list'),
        ({"stages__0": 5}, "stages[0]: expected an object"),
        ({"classes": 1}, "classes is 1"),
        ({"input__channels": 2}, "input.channels is 2"),
        ({"input__height": 2}, "smaller than 4x4"),
        ({"input__height": 30, "stages__0__condenser_channels": None}, "stages[1] halves an odd size, 15x14"),
        ({"attention__form": "add"}, 'attention.form is "add"'),
        ({"attention__gate": "tanh"}, 'attention.gate is "tanh"'),
        ({"attention__gate": None}, "attention.gate"),
        ({"attention__form": "scale_add"}, "scale_add has no gate"),
        ({"name": "a b"}, 'name "a b"'),
        ({"name": "größe"}, 'name "größe"'),
    ],
)
def test_what_gives_no_network_is_refused_by_name(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(InputError) as caught:
        Specification.from_json(_changed(**changes))
    assert named in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "null"])
def test_text_that_is_no_specification_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        Specification.from_json(text)


@pytest.mark.parametrize("name", ["attendnet_unknown", "no/such/file.json", "/"])
def test_a_missing_specification_names_those_that_exist(name: str) -> None:
    with pytest.raises(InputError) as caught:
        load_specification(name)
    assert "attendnet_digits" in caught.value.hint


def test_scale_add_takes_no_gate() -> None:
    assert replace(DIGITS, attention=Attention("scale_add", None)).attention.gate is None


def test_adapting_changes_classes_and_size_and_checks_again() -> None:
    adapted = DIGITS.adapted(classes=3, size=(32, 64, 3))
    assert (adapted.classes, adapted.input) == (3, Input(32, 64, 3))
    assert adapted.stages == DIGITS.stages
    with pytest.raises(InputError, match="odd size"):
        DIGITS.adapted(size=(27, 27, 1))


def test_a_condenser_needs_an_even_size_in_both_directions() -> None:
    with pytest.raises(InputError, match="14x7"):
        replace(DIGITS, input=Input(28, 14, 1), stages=(Stage(16, 2, 2, 4),))


def test_condensers_can_be_left_out() -> None:
    bare = load_specification("attendnet_nano").without_condensers()
    assert bare.name == "attendnet_nano_without_condensers"
    assert all(stage.condenser_channels is None for stage in bare.stages)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"architecture": "mobilenet_v3"}, 'architecture is "mobilenet_v3"'),
        ({"width": 0}, "width is 0"),
        ({"width": "1"}, 'width: "1" is not int | float'),
        ({"stem_stride": 3}, "stem_stride is 3"),
        ({"stages": []}, 'unknown key "stages"'),
        ({"name": "a b"}, 'name "a b" is not an identifier'),
        ({"classes": 1}, "classes is 1"),
    ],
)
def test_baselines_refuse_what_gives_no_network(changes: dict[str, Any], named: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(json.dumps(json.loads(load_specification("resnet8").to_json()) | changes))
    with pytest.raises(InputError) as caught:
        load_specification(path)
    assert named in caught.value.message


def test_a_baseline_adapts_like_any_network() -> None:
    baseline = load_specification("mobilenet_v2")
    assert isinstance(baseline, Baseline)
    assert baseline.adapted(3, (96, 96, 1)) == replace(baseline, classes=3, input=Input(96, 96, 1))
