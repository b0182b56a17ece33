"""Recipes: every setting by its name, and a clear word about every mistake."""

from pathlib import Path

import pytest

from attendnets_tf.configuration import Augmentation
from attendnets_tf.recipe import load_recipe, make_config
from attendnets_tf.specification import Input, load_specification
from export.errors import InputError

RECIPES = sorted((Path(__file__).parents[2] / "recipes").glob("*.toml"))


def written(folder: Path, text: str) -> Path:
    path = folder / "recipe.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_shipped_recipes_make_configurations(path: Path) -> None:
    config = make_config({"data": "images"} | load_recipe(path), Path("out"), "the command")
    assert config.output == Path("out") and config.command == "the command"


def test_all_settings_arrive(tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text(load_specification("attendnet_nano").to_json())
    text = 'data = "photos"\nspecification = "mine.json"\nepochs = 3\nlearning_rate = 1\noptimizer = "sgd"\n[augmentation]\nflip = true\n'
    config = make_config(load_recipe(written(tmp_path, text)), tmp_path, "")
    assert (config.data, config.epochs, config.learning_rate, config.optimizer) == ("photos", 3, 1, "sgd")
    assert config.specification == load_specification("attendnet_nano") and config.augmentation == Augmentation(flip=True)


def test_the_size_replaces_the_specifications(tmp_path: Path) -> None:
    recipe = written(tmp_path, 'data = "photos"\nspecification = "attendnet_micro"\nsize = 128\n')
    assert make_config(load_recipe(recipe), tmp_path, "").specification.input == Input(128, 128, 3)
    with pytest.raises(InputError, match="odd size"):
        make_config(load_recipe(recipe) | {"size": 100}, tmp_path, "")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("epochs = ", "not a readable recipe", "recipes/"),
        ("epoch = 3", "unknown key 'epoch'", "Did you mean epochs?"),
        ('output = "x"', "unknown key 'output'", "Known: data"),
        ('epochs = "3"', "epochs is '3'", "of type int"),
        ("epochs = 2.5", "epochs is 2.5", "of type int"),
        ("seed = true", "seed is True", "of type int"),
        ("[augmentation]\nflips = true", "augmentation: unknown key 'flips'", "Did you mean flip?"),
        ("augmentation = 3", "augmentation: a table is expected", "shift"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, message: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        load_recipe(written(tmp_path, text))
    assert message in caught.value.message and hint in caught.value.hint


def test_what_is_missing_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no data"):
        make_config({"specification": "attendnet_nano"}, tmp_path, "")
    with pytest.raises(InputError, match="no specification"):
        make_config({"data": "digits"}, tmp_path, "")
