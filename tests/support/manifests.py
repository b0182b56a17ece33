"""The published rules of other ecosystems' manifests, as far as a module's go; an assertion names the rule that is broken."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import yaml

SEMANTIC_VERSION = r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?"
ARDUINO_CATEGORIES = {"Display", "Communication", "Signal Input/Output", "Sensors", "Device Control", "Timing", "Data Storage",
                      "Data Processing", "Other"}  # fmt: skip


def check_arduino(folder: Path) -> list[str]:
    """The Arduino library specification 1.5 (arduino.github.io/arduino-cli, "Library specification"); the sources it compiles."""
    lines = (folder / "library.properties").read_text(encoding="utf-8").splitlines()
    properties = dict(line.split("=", 1) for line in lines)
    assert len(properties) == len(lines), "every line is key=value, no key twice"
    required = {"name", "version", "author", "maintainer", "sentence", "paragraph", "category", "url", "architectures"}
    assert (
        required
        <= properties.keys()
        <= required | {"includes", "dot_a_linkage", "depends", "precompiled", "ldflags", "license"}
    )
    assert all(properties[key] for key in required)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}", properties["name"])
    assert "arduino" not in properties["name"].lower()
    assert re.fullmatch(SEMANTIC_VERSION, properties["version"])
    assert properties["category"] in ARDUINO_CATEGORIES
    assert (folder / "src" / properties["includes"]).is_file(), "headers lie at the root of src"
    for sketch in (folder / "examples").rglob("*.ino"):
        assert sketch.stem == sketch.parent.name, "a sketch has the name of its folder"
        assert f"#include <{properties['includes']}>" in sketch.read_text(encoding="utf-8")
    return everything_below(folder, "src")


def check_platformio(folder: Path) -> list[str]:
    """library.json (docs.platformio.org, "Creating Library: Manifest"); the sources it compiles."""
    manifest = json.loads((folder / "library.json").read_text(encoding="utf-8"))
    assert {"name", "version"} <= manifest.keys() <= {"$schema", "name", "version", "description", "keywords", "headers", "frameworks",
                                                       "platforms", "build", "license", "authors"}  # fmt: skip
    assert re.fullmatch(r"[^:/,@<>]{1,50}", manifest["name"])
    assert re.fullmatch(SEMANTIC_VERSION, manifest["version"]) and len(manifest["version"]) <= 20
    assert manifest["keywords"] == manifest["keywords"].lower()
    assert 1 <= len(manifest["description"]) <= 255
    assert (folder / manifest["build"]["includeDir"] / manifest["headers"]).is_file()
    return everything_below(folder, manifest["build"]["srcDir"])


def check_zephyr(folder: Path) -> list[str]:
    """zephyr/module.yml (docs.zephyrproject.org, "Modules"), its Kconfig and its CMakeLists.txt; the sources it compiles."""
    module = yaml.safe_load((folder / "zephyr" / "module.yml").read_text(encoding="utf-8"))
    assert module.keys() == {"name", "build"} and module["build"].keys() == {"cmake", "kconfig"}
    cmake, kconfig = folder / module["build"]["cmake"] / "CMakeLists.txt", folder / module["build"]["kconfig"]
    found = re.match(r'config ([A-Z0-9_]+)\n\tbool "[^"\n]+"\n\thelp\n(\t  \S.*\n)+$', kconfig.read_text(encoding="utf-8"))
    assert found, "one option, its attributes indented by a tab, its help by two blanks more"
    text = cmake.read_text(encoding="utf-8")
    assert f"if(CONFIG_{found[1]})" in text and "zephyr_include_directories(../src)" in text
    listed = re.search(r"zephyr_library_sources\(\n([^)]*)\)", text)
    assert listed
    return [(cmake.parent / path).resolve().relative_to(folder.resolve()).as_posix() for path in listed[1].split()]


def check_cmsis_pack(folder: Path) -> list[str]:
    """The package description (open-cmsis-pack.github.io, PACK.xsd 1.7): elements in its order, required attributes; the sources."""
    (path,) = folder.glob("*.pdsc")
    package = ElementTree.parse(path).getroot()
    assert package.tag == "package" and re.fullmatch(r"1\.\d+\.\d+", package.attrib["schemaVersion"])
    tags = [element.tag for element in package]
    assert tags == [
        tag for tag in ("vendor", "name", "description", "url", "releases", "keywords", "components") if tag in tags
    ]
    vendor, name = package.findtext("vendor"), package.findtext("name")
    assert vendor and name and path.name == f"{vendor}.{name}.pdsc"
    assert all(re.fullmatch(r"[\-_A-Za-z0-9]+", text) for text in (vendor, name))
    (release,) = package.findall("releases/release")
    assert re.fullmatch(SEMANTIC_VERSION, release.attrib["version"]) and release.text
    (component,) = package.findall("components/component")
    assert component.attrib.keys() == {"Cclass", "Cgroup", "Csub", "Cversion"} and component.find("description") is not None
    assert re.fullmatch(SEMANTIC_VERSION, component.attrib["Cversion"])
    assert all(re.fullmatch(r"[\-_A-Za-z0-9 /().]+", component.attrib[key]) for key in ("Cclass", "Cgroup", "Csub"))
    assert all(2 <= len(component.attrib[key]) <= 32 for key in ("Cclass", "Cgroup", "Csub"))
    files = component.findall("files/file")
    assert all(file.attrib["category"] in {"doc", "header", "sourceC", "sourceAsm"} for file in files)
    assert all((folder / file.attrib["name"]).is_file() for file in files)
    return [file.attrib["name"] for file in files if file.attrib["category"].startswith("source")]


def everything_below(folder: Path, sources: str) -> list[str]:
    """What a system compiles that takes all it finds."""
    return sorted(path.relative_to(folder).as_posix() for path in (folder / sources).rglob("*.[cS]"))
