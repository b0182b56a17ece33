"""The commands as a user sees them: published JSON, messages, exit codes, and nothing half-written."""

import errno
import hashlib
import json
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import cli
import export
from attendnets_tf.camera import resize
from attendnets_tf.card import card_path, float_path, load_card
from attendnets_tf.pretrained import bundled_images, bundled_model
from export.compiled import CompiledModel
from export.option_names import PASS_NAMES
from tests.support.classifier import brightness_model, write_classifier, write_images
from tests.support.command_line import invoke, refused
from tests.support.model_builder import ModelBuilder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("build") / "project"
    assert invoke("build", "--target", "cortex-m4", "--out", out).exit_code == 0
    return out


def large_model(folder: Path) -> Path:
    builder = ModelBuilder()
    source, output = builder.tensor((1, 3_000_000), 0.1, 0), builder.tensor((1, 3_000_000), 0.1, 0)
    builder.operator("RELU", [source], output)
    path = folder / "large.tflite"
    path.write_bytes(builder.build([source], [output]))
    return path


def test_recipes_and_options_meet(tmp_path: Path) -> None:
    """Options come before the recipe, and whatever is missing or wrong is told before anything is loaded."""
    recipe = tmp_path / "recipe.toml"
    recipe.write_text('data = "nowhere"\nepochs = 0\n')
    assert "epochs is 0" in refused(invoke("train", "--recipe", recipe, "--out", tmp_path / "out"))
    assert "nowhere: no such data set" in refused(invoke("train", "--recipe", recipe, "--epochs", 1, "--out", tmp_path / "out"))
    recipe.write_text("epoch = 3\n")
    assert "Did you mean epochs?" in refused(invoke("train", "digits", "--recipe", recipe, "--out", tmp_path / "out"))
    assert "no data" in refused(invoke("train", "--out", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_train_then_build(tmp_path: Path) -> None:
    """Two kinds of noise, one brighter: trained in seconds, and compiled with the labels of the data."""
    pytest.importorskip("tensorflow", reason="training needs TensorFlow")
    classes = np.arange(60) % 2
    noise = np.random.default_rng(0).integers(0, 60, (60, 8, 8))
    np.savez(
        tmp_path / "data.npz", x=(noise + 150 * classes[:, None, None]).astype(np.uint8), y=classes, classes=["dark", "light"]
    )
    specification = {
        "version": 1, "name": "tiny", "input": {"height": 8, "width": 8, "channels": 1}, "classes": 2, "stem": {"filters": 4, "stride": 1},
        "stages": [{"filters": 8, "blocks": 2, "stride": 2, "condenser_channels": 4}],
        "attention": {"form": "mul_residual", "gate": "sigmoid"},
    }  # fmt: skip
    (tmp_path / "tiny.json").write_text(json.dumps(specification))
    arguments = ("train", tmp_path / "data.npz", "--specification", tmp_path / "tiny.json", "--out", tmp_path / "model")
    arguments += ("--resize", "area")
    result = invoke(*arguments, "--epochs", 3, "--qat-epochs", 1, "--json")
    assert result.exit_code == 0, result.output
    content = json.loads(result.stdout)
    card = load_card(Path(content["tflite"]))
    assert card is not None and card.preprocessing["resize"] == "area" and " --resize area " in card.command
    assert content["metrics"]["int8"] == 1.0 and (tmp_path / "model" / "curves.png").stat().st_size > 1000
    assert "other settings" in refused(invoke(*arguments, "--epochs", 4))
    assert invoke("build", content["tflite"], "--out", tmp_path / "project").exit_code == 0
    assert json.loads((tmp_path / "project" / "plan.json").read_text())["labels"] == ["dark", "light"]
    assert json.loads(invoke("verify", tmp_path / "project", "--samples", 2, "--json").stdout)["equal"] is True
    evaluated = json.loads(
        invoke("evaluate", content["tflite"], "--data", tmp_path / "data.npz", "--out", tmp_path / "e", "--json").stdout
    )
    assert {name: figures["accuracy"] for name, figures in evaluated["accuracy"].items()} == {
        "float": content["metrics"]["float"], "int8": content["metrics"]["int8"], "compiled": content["metrics"]["int8"]
    }  # fmt: skip
    assert (evaluated["split"], evaluated["samples"]) == ("test", 6)


def test_evaluate_prints_the_published_json(tmp_path: Path) -> None:
    pytest.importorskip("ai_edge_litert", reason="ai-edge-litert is not installed")
    model, images = write_classifier(tmp_path), write_images(tmp_path / "images", ("a dark", "b bright"))
    result = invoke("evaluate", model, "--data", images, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0, result.output
    content = json.loads(result.stdout)
    assert content == json.loads((tmp_path / "out" / "evaluation.json").read_text())
    assert content["model"] == {"path": str(model), "sha256": hashlib.sha256(model.read_bytes()).hexdigest()}
    assert content["float_model"]["path"] == str(float_path(model)) and content["float_missing"] is None
    assert (content["data"], content["split"], content["seed"], content["samples"]) == (str(images), "all", 1, 20)
    assert content["equal"] is True and content["first_difference"] is None
    for name in ("float", "int8", "compiled"):
        figures = content["accuracy"][name]
        assert (figures["correct"], figures["accuracy"]) == (19, 0.95)
        assert 0.7 < figures["interval"][0] < 0.95 < figures["interval"][1] < 1
    assert content["confusion"] == [[10, 0], [1, 9]]
    assert content["per_class"][1] == {"label": "b bright", "images": 10, "precision": 1.0, "recall": 0.9}
    assert content["seconds"] > 0 and content["images_per_second"] == pytest.approx(20 / content["seconds"])
    with Image.open(content["picture"]) as picture:
        assert picture.format == "PNG" and min(picture.size) > 400
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"evaluation.json", "confusion.png"}


def test_evaluate_takes_models_of_pixels(tmp_path: Path) -> None:
    model, images = write_classifier(tmp_path), write_images(tmp_path / "images", ("a dark", "b bright"))
    model.write_bytes(brightness_model("uint8"))
    result = invoke("evaluate", model, "--data", images, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["confusion"] == [[10, 0], [1, 9]]


def test_evaluate_shows_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No float model, no tflite-micro, no matplotlib: the compiled model is measured all the same."""
    model, images = write_classifier(tmp_path, twin=False), write_images(tmp_path / "images", ("a", "b"))
    monkeypatch.setattr("export.executors.find_spec", lambda package: None)
    monkeypatch.setattr("attendnets_tf.evaluation.find_spec", lambda package: None)
    result = invoke("evaluate", model, "--data", images, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    lines = {line.split()[0]: line for line in result.stdout.splitlines()}
    assert "not available" in lines["float"] and "brightness_float.tflite" in lines["float"]
    assert "95.00 %" in lines["compiled"] and "19 of 20" in lines["int8"]
    assert "matplotlib is not installed" in lines["picture"] and "pip install" in lines["picture"]
    assert "tflite-micro is left out" in result.stderr


def test_evaluate_fails_where_bytes_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, images = write_classifier(tmp_path), write_images(tmp_path / "images", ("a", "b"))
    predict = CompiledModel.predict
    monkeypatch.setattr(CompiledModel, "predict", lambda *arguments: np.asarray(predict(*arguments)) ^ 1)
    result = invoke("evaluate", model, "--data", images, "--out", tmp_path / "out")
    assert result.exit_code == 1 and result.stdout.startswith("DIFFERENT: ") and '"image": 0' in result.stdout
    result = invoke("evaluate", model, "--data", images, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 1 and json.loads(result.stdout)["equal"] is False


def test_evaluate_reads_the_digits_as_well_as_the_card_says(tmp_path: Path) -> None:
    result = invoke("evaluate", bundled_model(), "--data", "digits", "--out", tmp_path / "out", "--json")
    if result.exit_code == 1 and "could not download" in result.stderr:
        pytest.skip("the digits are not available")
    assert result.exit_code == 0, result.output
    content, card = json.loads(result.stdout), load_card(bundled_model())
    assert card is not None and content["samples"] == card.dataset["images"]["test"]
    assert content["accuracy"]["int8"]["accuracy"] == content["accuracy"]["compiled"]["accuracy"] == card.metrics["int8"]
    assert float_path(bundled_model()).exists() == ("float" in content["accuracy"])
    assert content["accuracy"].get("float", {"accuracy": card.metrics["float"]})["accuracy"] == card.metrics["float"]


def test_evaluate_refuses_what_cannot_be_measured(tmp_path: Path) -> None:
    images = write_images(tmp_path / "images", ("a", "b"))
    three, broken = (shutil.copytree(images, tmp_path / name) for name in ("three", "broken"))
    shutil.copytree(images / "a", three / "c")
    (broken / "a" / "broken.png").write_text("no picture")
    (tmp_path / "foreign").mkdir()
    model, labelled = write_classifier(tmp_path / "foreign"), write_classifier(tmp_path, labels=("dark", "bright"))
    several, taken = tmp_path / "several.tflite", tmp_path / "taken"
    taken.write_text("a file")
    blocked = tmp_path / "blocked"
    (blocked / "confusion.png").mkdir(parents=True)
    builder = ModelBuilder()
    a, b, total = (builder.tensor((1, 4, 4, 1), 0.1, 0, name) for name in "abc")
    builder.operator("ADD", [a, b], total, "AddOptions")
    several.write_bytes(builder.build([a, b], [total]))
    for path, data, options, words in (
        (model, tmp_path / "absent", (), "no such data set"),
        (model, three, (), "3 classes, and the model has 2 outputs"),
        (labelled, images, (), "no class a; its classes are dark, bright"),
        (model, broken, (), "not a readable image"),
        (tmp_path / "absent.tflite", images, (), "no such file"),
        (several, images, (), "does not take one image"),
        (model, images, ("--float", tmp_path / "absent.tflite"), "no such file"),
        (model, images, ("--out", taken), "cannot be an output folder"),
        (model, images, ("--out", taken / "below"), "cannot be an output folder"),
        (model, images, ("--out", tmp_path / "out" / ("x" * 300)), "cannot be an output folder"),
        (model, images, ("--out", blocked), "confusion.png: is a folder"),
    ):
        assert words in refused(invoke("evaluate", path, "--data", data, "--out", tmp_path / "out", *options))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), SystemExit(143), OSError(errno.ENOSPC, "No space left on device")])
@pytest.mark.parametrize("place", ["export.evaluate.Classifier.classify", "attendnets_tf.evaluation.plot_confusion"])
def test_an_evaluation_that_ends_early_leaves_nothing(
    failure: BaseException, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise failure

    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    model, images = write_classifier(tmp_path), write_images(tmp_path / "images", ("a", "b"))
    monkeypatch.setattr(place, fail)
    before = sorted(tmp_path.rglob("*"))
    result = invoke("evaluate", model, "--data", images, "--out", tmp_path / "some" / "where")
    assert result.exit_code == getattr(failure, "code", 1) and sorted(tmp_path.rglob("*")) == before


def test_build_without_an_optimization(tmp_path: Path) -> None:
    """Left out passes leave no decision behind, and the firmware still proves its bytes."""
    options = [text for name in PASS_NAMES for text in ("--without", name)]
    assert invoke("build", "--out", tmp_path / "out", *options, "--json").exit_code == 0
    plan = json.loads((tmp_path / "out" / "plan.json").read_text())
    assert {decision["subject"] for decision in plan["decisions"]} <= {"constants", "order", "schedule", "placement"}
    assert json.loads(invoke("verify", tmp_path / "out", "--samples", 1, "--json").stdout)["equal"] is True
    assert "not for --runtime tflm" in refused(invoke("build", "--runtime", "tflm", *options[:2]))
    result = invoke("build", "--without", "magic")
    assert result.exit_code == 2 and all(name in result.stderr for name in PASS_NAMES)


def test_build_prints_the_published_json(tmp_path: Path) -> None:
    result = invoke("build", bundled_model(), "--target", "cortex-m4", "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert {"target", "macs", "flash", "ram", "elf", "out"} <= report.keys()
    assert set(report["flash"]) == {"code", "constants", "total"} and set(report["ram"]) == {
        "arena",
        "scratch",
        "state",
        "stack",
        "total",
    }
    numbers = [report["macs"], *report["flash"].values(), *report["ram"].values()]
    assert all(type(number) is int for number in numbers)
    assert report["flash"]["total"] >= report["flash"]["code"] + report["flash"]["constants"]
    assert report["ram"]["total"] >= report["ram"]["arena"] + report["ram"]["stack"]
    assert report["macs"] == sum(layer["macs"] for layer in report["layers"])
    for suffix in ("elf", "bin", "hex"):
        assert Path(report["elf"]).with_suffix(f".{suffix}").stat().st_size > 0


def test_build_shows_a_table(tmp_path: Path) -> None:
    result = invoke("build", "--out", tmp_path / "out")
    assert result.exit_code == 0 and "CONV_2D 3x3" in result.stdout and "flash" in result.stdout


def test_run_prints_the_published_json(project: Path) -> None:
    images = [option for path, _ in bundled_images()[:2] for option in ("--image", path)]
    result = invoke("run", project, *images, "--json")
    assert result.exit_code == 0, result.output
    content = json.loads(result.stdout)
    assert {"predictions", "output", "instructions"} <= content.keys() and len(content["images"]) == 2
    best = content["predictions"][0]
    assert best["label"] == "0" and best["index"] == 0 and best["score"] > 0.5
    assert len(content["predictions"]) == 5 and len(content["output"]) == 10
    assert all(-128 <= value <= 127 for value in content["output"]) and content["instructions"] > 1_000_000


def test_run_agrees_on_qemu(project: Path) -> None:
    if not shutil.which("qemu-system-arm"):
        pytest.skip("qemu-system-arm is not installed")
    image = bundled_images()[7][0]
    contents = [json.loads(invoke("run", project, "--image", image, "--on", on, "--json").stdout) for on in ("unicorn", "qemu")]
    assert all(sum(image["layers"].values()) == image["instructions"] for image in contents[0]["images"])
    for content in contents:
        for result in (content, *content["images"]):
            # Only the embedded emulator sees where a layer begins and ends, and which blocks run.
            for name in ("layers", "estimated_layers", "estimated_cycles", "estimated_ms", "cost"):
                result.pop(name, None)
    assert contents[0] == contents[1]


def test_verify_prints_the_published_json(project: Path) -> None:
    result = invoke("verify", project, "--samples", 2, "--image", bundled_images()[0][0], "--json")
    assert result.exit_code == 0, result.output
    content = json.loads(result.stdout)
    assert content["equal"] is True and content["samples"] == 3 and content["first_difference"] is None
    assert content["instructions"] > 1_000_000 and {"reference", "host C", "firmware on unicorn"} <= set(content["checked"])
    assert content["estimated_cycles"] == sum(content["estimated_layers"].values()) > content["instructions"]
    assert content["estimated_layers"].keys() == content["layers"].keys()


def test_demo_reads_ten_digits(tmp_path: Path) -> None:
    content = json.loads(invoke("demo", "--out", tmp_path / "out", "--json").stdout)
    assert content["verify"]["equal"] is True and content["verify"]["samples"] == 10
    assert [row["label"] for row in content["images"]] == list("0123456789")
    # The model reads 98 of 100 digits; of these ten it reads all.
    assert all(row["predicted"] == row["label"] for row in content["images"])


def test_doctor_lists_tools() -> None:
    tools = json.loads(invoke("doctor", "--json").stdout)["tools"]
    assert {"unicorn", "ziglang", "tensorflow", "qemu-system-arm"} <= {tool["name"] for tool in tools}
    assert all(tool["enables"] and (tool["found"] or tool["install"]) for tool in tools)


def test_bad_models(tmp_path: Path) -> None:
    out = tmp_path / "out"
    text, empty, cut = (tmp_path / f"{name}.tflite" for name in ("text", "empty", "cut"))
    text.write_text("These are not weights.\n" * 9)
    empty.write_bytes(b"")
    cut.write_bytes(bundled_model().read_bytes()[:30_000])
    for path, words in (
        (text, "not a TensorFlow Lite model"),
        (empty, "is empty"),
        (cut, "is damaged"),
        (tmp_path / "no", "Cannot read"),
    ):
        assert words in refused(invoke("build", path, "--out", out))
    assert "It starts like" in refused(invoke("build", cut, "--out", out, "--json"))
    assert not out.exists() and not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_bad_targets_and_folders(tmp_path: Path) -> None:
    assert "cortex-m4" in refused(invoke("build", "--target", "cortex-m44", "--out", tmp_path / "out"))
    assert "more than there are" in refused(invoke("build", large_model(tmp_path), "--out", tmp_path / "out"), exit_code=3)
    occupied = tmp_path / "occupied"
    occupied.mkdir()
    (occupied / "thesis.txt").write_text("precious")
    assert "not the output of an earlier build" in refused(invoke("build", "--out", occupied))
    assert (occupied / "thesis.txt").read_text() == "precious"
    (occupied / "plan.json").write_text("{}")
    assert "it holds thesis.txt" in refused(invoke("build", "--out", occupied))
    mounted = Path("/proc")
    if mounted.is_mount():
        assert "it is a mount point" in refused(invoke("build", "--out", mounted))
    (tmp_path / "file").write_text("a file")
    (tmp_path / "loop").symlink_to("loop")
    for out in (tmp_path / "file", tmp_path / ("x" * 300), tmp_path / "loop", "."):
        refused(invoke("build", "--out", out))
    (occupied / "plan.json").unlink()
    assert "not a firmware project" in refused(invoke("verify", occupied))
    assert "not a firmware project" in refused(invoke("run", tmp_path / "absent", "--image", bundled_images()[0][0]))


def test_bad_images(project: Path, tmp_path: Path) -> None:
    empty, text = tmp_path / "empty.png", tmp_path / "text.png"
    empty.write_bytes(b"")
    text.write_text("no picture")
    for path in (empty, text, tmp_path / "absent.png", tmp_path):
        assert str(path) in refused(invoke("run", project, "--image", path))


def test_any_picture_is_resized(project: Path, tmp_path: Path) -> None:
    path = tmp_path / "wide.jpg"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (90, 300, 3)).astype(np.uint8)).save(path)
    assert invoke("run", project, "--image", path).exit_code == 0


def test_damaged_projects(project: Path, tmp_path: Path) -> None:
    for name, content in (
        ("text", "not json"),
        ("version", '{"schema_version": 99}'),
        ("keys", '{"schema_version": 1}'),
        ("list", "[]"),
    ):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "plan.json").write_text(content)
        refused(invoke("verify", folder))
    for name, change in (("changed", {"outputs": []}), ("hash", {"plan_sha256": "0"})):
        folder = tmp_path / name
        shutil.copytree(project, folder)
        (folder / "plan.json").write_text(json.dumps(json.loads((project / "plan.json").read_text()) | change))
        assert "changed after the build" in refused(invoke("verify", folder))
    (tmp_path / "nested").mkdir()
    (tmp_path / "nested" / "plan.json").write_text("[" * 100_000)
    assert "not a firmware project" in refused(invoke("verify", tmp_path / "nested"))
    shutil.copytree(project, tmp_path / "model")
    (tmp_path / "model" / "model.tflite").write_bytes(b"another")
    assert "not the model that was built" in refused(invoke("verify", tmp_path / "model"))
    shutil.copytree(project, tmp_path / "elf")
    shutil.copy(shutil.which("true") or "/bin/true", tmp_path / "elf" / "build" / "attendnet_digits.elf")
    refused(invoke("verify", tmp_path / "elf"), exit_code=1)
    folder = tmp_path / "incomplete"
    folder.mkdir()
    (folder / "plan.json").write_text((project / "plan.json").read_text())
    assert ".elf is missing" in refused(invoke("verify", folder))


def test_no_compiler_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("export.compile.gcc.find", lambda: None)
    monkeypatch.setattr("export.compile.zig.find", lambda: None)
    assert "ziglang" in refused(invoke("build", "--out", tmp_path / "out"), exit_code=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_interruptions_leave_nothing(failure: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: Any) -> None:
        raise failure

    monkeypatch.setattr("export.build.compile_firmware", fail)
    result = invoke("build", "--out", tmp_path / "out")
    assert result.exit_code == 1 and "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


def test_termination_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import cli; cli.main()", "build", "--out", tmp_path / "out"]
    process = subprocess.Popen(command, cwd=Path(cli.__file__).parent, stderr=subprocess.DEVNULL)
    while process.poll() is None and not list(tmp_path.iterdir()):
        time.sleep(0.005)
    process.terminate()
    assert process.wait(timeout=60) in (0, 143)
    assert [path.name for path in tmp_path.iterdir()] in ([], ["out"])


def test_a_failed_build_keeps_the_earlier_one(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (project / "plan.json").read_bytes()
    refused(invoke("build", "--target", "none", "--out", project))
    monkeypatch.setattr("export.compile.gcc.find", lambda: None)
    monkeypatch.setattr("export.compile.zig.find", lambda: None)
    refused(invoke("build", "--out", project), exit_code=1)
    assert (project / "plan.json").read_bytes() == before
    assert [path.name for path in project.parent.iterdir()] == [project.name]


def test_a_camera_is_rendered_and_reported(tmp_path: Path) -> None:
    out = tmp_path / "out"
    camera = ("--camera", "rgb565:320x240", "--crop", "240x240+40+0")
    result = invoke("build", *camera, "--out", out, "--json")
    assert result.exit_code == 0, result.output
    reported = json.loads(result.stdout)["camera"]
    assert reported == json.loads((out / "plan.json").read_text())["camera"]
    assert (reported["format"], reported["resize"], reported["buffer_bytes"]) == ("rgb565", "area", 28 * 4)
    assert {path.name for path in (out / "camera").iterdir()} == {"attendnet_digits_camera.c", "attendnet_digits_camera.h"}
    assert (out / "build" / "attendnet_digits.elf").is_file() and "camera/attendnet_digits_camera.c" in (
        out / "Makefile"
    ).read_text()
    plain = json.loads(invoke("build", "--out", out, "--json").stdout)
    assert plain["camera"] is None and not (out / "camera").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--camera", "rgb656:320x240"), "no camera format 'rgb656'"),
        (("--camera", "yuyv:321x240"), "frame of yuyv cannot have 321x240"),
        (("--camera", "grey8:320x240", "--crop", "240x240+81+0"), "is not inside the frame"),
        (("--camera", "grey8:27x28"), "area only makes smaller"),
        (("--crop", "2x2+0+0"), "there is no"),
        (("--resize", "area"), "there is no"),
        (("--camera", "grey8:320x240", "--runtime", "tflm"), "not for --runtime tflm"),
    ],
)
def test_bad_cameras(options: tuple[str, ...], message: str, tmp_path: Path) -> None:
    assert message in refused(invoke("build", *options, "--out", tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


def test_a_camera_needs_a_model_of_one_image(tmp_path: Path) -> None:
    path = tmp_path / "flat.tflite"
    builder = ModelBuilder()
    source, output = builder.tensor((1, 12), 0.1, 0), builder.tensor((1, 12), 0.1, 0)
    builder.operator("RELU", [source], output)
    path.write_bytes(builder.build([source], [output]))
    assert "does not take one image" in refused(invoke("build", path, "--camera", "grey8:8x8", "--out", tmp_path / "out"))


def test_images_and_cameras_follow_the_card(tmp_path: Path) -> None:
    """Its resize and its normalization, in build, run and evaluate alike."""
    model = write_classifier(tmp_path, labels=("dark", "bright"))
    card = json.loads(card_path(model).read_text())
    preprocessing = {"resize": "bilinear", "normalization": {"mean": 100, "divisor": 50}}
    card_path(model).write_text(json.dumps(card | {"preprocessing": preprocessing}))
    out = tmp_path / "out"
    reported = json.loads(invoke("build", model, "--camera", "grey8:8x8", "--out", out, "--json").stdout)["camera"]
    # real = (pixel - 100) / 50 = 0.01 * (value + 28)
    values = np.clip(2 * np.arange(256) - 228, -128, 127)
    assert (reported["resize"], reported["table_bytes"]) == ("bilinear", 256)
    assert np.array_equal(np.array(reported["values"], np.uint8).view(np.int8), values)
    pixels = np.random.default_rng(0).integers(0, 256, (9, 7), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "image.png")
    answer = json.loads(invoke("run", out, "--image", tmp_path / "image.png", "--json").stdout)["output"]
    seen = values[resize(pixels[..., None], 4, 4, "bilinear")].astype(np.int8)
    assert answer == export.load(model).predict(seen[None])[0].tolist()
    card_path(model).write_text(json.dumps(card | {"preprocessing": {"resize": "nearest"}}))
    for arguments in (("build", model, "--out", out), ("evaluate", model, "--data", "digits", "--out", out)):
        assert "resize is 'nearest'" in refused(invoke(*arguments))


@pytest.mark.skipif(
    find_spec("optuna") is None or find_spec("tensorflow") is None, reason="TensorFlow or Optuna is not installed"
)
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--objective", "speed"], 'objective "speed" is unknown or repeated'),
        (["--prototype", "resnet8"], "resnet8 is no AttendNet"),
        (["--min-accuracy", 1.5], "min-accuracy is 1.5"),
        (["--sampler", "nsga2"], "it is for several objectives"),
        (["--storage", "nonsense://x"], "no storage for a search"),
        (["--data", "nowhere"], "nowhere: no such data set"),
        (["--board", "none"], "There is no board 'none'"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_search_that_cannot_begin_leaves_nothing_behind(options: list[object], reason: str, tmp_path: Path) -> None:
    data = tmp_path / "grey.npz"
    np.savez(data, x=np.zeros((20, 16, 16), np.uint8), y=np.arange(20) % 2)
    result = invoke("explore", "--data", data, "--out", tmp_path / "out", *options)
    assert reason in refused(result)
    assert not (tmp_path / "out").exists()
