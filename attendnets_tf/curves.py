"""The learning curves of a training run as a picture."""

import io
from typing import Any


def plot_curves(history: list[dict[str, Any]]) -> bytes:
    """PNG bytes: loss and validation accuracy over the epochs of both phases; ``history`` as in ``metrics.json``."""
    from matplotlib.figure import Figure  # a Figure of its own never needs a display

    epochs = range(1, len(history) + 1)
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    loss, accuracy = figure.subplots(1, 2)
    loss.plot(epochs, [entry["loss"] for entry in history], label="training")
    loss.plot(epochs, [entry["validation_loss"] for entry in history], label="validation")
    loss.set(xlabel="epoch", ylabel="cross-entropy", yscale="log")
    accuracy.plot(epochs, [100 * entry["validation_accuracy"] for entry in history], label="validation")
    accuracy.set(xlabel="epoch", ylabel="accuracy in %")
    float_epochs = sum(entry["phase"] == "float" for entry in history)
    for axes in (loss, accuracy):
        axes.axvline(float_epochs + 0.5, color="gray", linestyle=":", label="int8 from here")
        axes.grid(alpha=0.3)
        axes.legend()
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=120, metadata={"Software": None})
    return buffer.getvalue()
