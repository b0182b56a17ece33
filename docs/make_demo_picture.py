"""Draws docs/demo.png: what the bundled model's firmware read, instructions per layer, and the arena over time.

attendnets-cli build --out build/attendnet_digits-cortex-m4
python docs/make_demo_picture.py build/attendnet_digits-cortex-m4 docs/demo.png
"""

import json
import sys
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image

from attendnets_tf.images import load_image, to_int8
from attendnets_tf.pretrained import bundled_images
from export.project import load_project
from export.run import open_device

matplotlib.use("Agg")
from matplotlib import pyplot as plt


def main(directory: Path, picture: Path) -> None:
    project = load_project(directory)
    plan = json.loads((directory / "plan.json").read_text())
    images = bundled_images()
    with open_device("unicorn", project.elf, project.board) as device:
        replies = [device.infer(to_int8(load_image(path, 28, 28, 1)).tobytes()) for path, _ in images]

    figure = plt.figure(figsize=(11, 7.5), layout="constrained")
    grid = figure.add_gridspec(3, len(images), height_ratios=(1, 2, 2))
    for column, ((path, _), reply) in enumerate(zip(images, replies, strict=True)):
        axes = figure.add_subplot(grid[0, column])
        axes.imshow(Image.open(path), cmap="gray")
        scores = (np.frombuffer(reply.output, np.int8).astype(int) + 128) / 256
        axes.set_title(f"{project.labels[int(scores.argmax())]}  ({scores.max():.2f})", fontsize=10)
        axes.axis("off")

    layers = [(step["name"], replies[0].layers[step["name"]]) for step in plan["steps"]]
    axes = figure.add_subplot(grid[1, :])
    condenser = ["tab:orange" if "condenser" in name else "tab:blue" for name, _ in layers]
    axes.bar(range(len(layers)), [count / 1000 for _, count in layers], color=condenser)
    axes.set_xlim(-0.6, len(layers) - 0.4)
    axes.set_ylabel("1,000 instructions")
    total = sum(replies[0].layers.values())
    axes.set_title(f"Instructions per layer on an emulated {project.target.name}: {total:,} (orange: condensers)", fontsize=10)

    axes = figure.add_subplot(grid[2, :])
    for buffer in plan["buffers"]:
        if buffer["bank"] == "arena":
            width = buffer["last"] - buffer["first"] + 1
            corner = (buffer["first"] - 0.5, buffer["offset"] / 1024)
            axes.add_patch(
                plt.Rectangle(corner, width, buffer["bytes"] / 1024, facecolor="tab:green", edgecolor="white", alpha=0.75)
            )
    axes.set_xlim(-0.6, len(layers) - 0.4)
    axes.set_ylim(0, plan["arena"]["bytes"] / 1024)
    axes.set_xlabel("layer")
    axes.set_ylabel("arena, KB")
    axes.set_title(
        f"The arena over time, {plan['arena']['bytes']:,} bytes: every tensor's place, or that of its last rows",
        fontsize=10,
    )
    figure.savefig(picture, dpi=100)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
