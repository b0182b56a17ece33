"""The search: candidates are drawn, judged by the compiler, and trained at one fidelity after another from their parents' weights."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from attendnets_tf.explore.candidates import Weights, dataset_of, load_weights, save_weights, train_rungs
from attendnets_tf.explore.inheritance import Shapes, shared
from attendnets_tf.explore.objectives import promise, values_of
from attendnets_tf.explore.oracle import judge
from attendnets_tf.explore.settings import REDUCTION, Search
from attendnets_tf.explore.study import FAILED, REJECTED, STOPPED, TRAINED, Outcome, Study, Trial
from attendnets_tf.files import make_folder, output_folder, write_together
from attendnets_tf.fitting import DivergedError
from attendnets_tf.runtime import prepare
from attendnets_tf.specification import Specification
from export.errors import InputError

Note = Callable[[str], None]

LEAST_SHARED = 0.25
"""Of a candidate's weights, that a parent must have to give."""
MOST_REJECTED = 2_000
"""One after the other, before a search gives up."""
WAIT_S = 2.0


def work(search: Search, note: Note, entropy: int = 0) -> Study:
    """Draw and train candidates until, together with all others that work on the search, there are enough; ``note`` is told of each.

    Of several workers, all but one need an ``entropy`` of their own.

    Raises InputError where no network that is drawn satisfies the requirements.
    """
    prepare(search.training.intra_op_threads)
    classes = len(dataset_of(search.training, search.space.prototype.input).classes)
    with output_folder(search.out, ()):
        study = Study(search, entropy)
    worker = _Worker(search, study, classes, note)
    while study.finished() < search.trials:
        if study.started() < search.trials:
            study.run_one(worker.candidate)
            worker.require_progress()
        elif not study.revive():
            # Others are at it; should one of them die, its candidate is this one's.
            time.sleep(WAIT_S)
    return study


class _Worker:
    def __init__(self, search: Search, study: Study, classes: int, note: Note) -> None:
        self._search, self._study, self._classes, self._note = search, study, classes, note
        self._shapes: dict[Path, Shapes] = {}
        self._rejected: list[str] = []

    def candidate(self, trial: Trial, seed: int) -> Outcome:
        """One trial, from the drawing on."""
        begin, search = time.monotonic(), self._search
        specification = search.space.draw(trial, f"explore_{trial.number}", self._classes)
        trial.set_user_attr("specification", json.loads(specification.to_json()))
        verdict = judge(specification, search.requirements)
        trial.set_user_attr("figures", verdict.figures)
        trial.set_user_attr("seconds", time.monotonic() - begin)
        if verdict.plan is None or verdict.excess:
            return self._rejection(
                trial, verdict.excess, ", ".join(f"{name} by {over:,.0f}" for name, over in verdict.excess.items())
            )
        self._rejected.clear()
        folder = self._folder(trial.number)
        make_folder(folder)
        plan = json.dumps(verdict.plan.to_json(), indent=1)
        write_together({folder / "specification.json": specification.to_json(), folder / "plan.json": plan})
        trial.set_user_attr("command", search.command(folder / "specification.json", folder / "training"))
        try:
            outcome = self._train(trial, seed, specification, verdict.figures)
        except DivergedError as error:
            self._note(f"{trial.number}: failed: {error.message}")
            outcome = Outcome(FAILED)
        trial.set_user_attr("seconds", time.monotonic() - begin)
        return outcome

    def require_progress(self) -> None:
        """Raises InputError after very many candidates in a row that the board cannot run."""
        if len(self._rejected) >= MOST_REJECTED:
            raise InputError(
                f"{len(self._rejected)} networks in a row were rejected; the last: {self._rejected[-1]}",
                "relax the requirements, or begin with a smaller --prototype",
            )

    def _rejection(self, trial: Trial, excess: dict[str, float], why: str) -> Outcome:
        self._rejected.append(why)
        self._note(f"{trial.number}: rejected: {why}")
        return Outcome(REJECTED, excess)

    def _train(self, trial: Trial, seed: int, specification: Specification, figures: dict[str, float]) -> Outcome:
        search, rungs = self._search, []
        training = replace(search.training, specification=specification)
        fidelities = search.rungs()
        values: list[float] = []
        for number, rung in enumerate(
            train_rungs(specification, training, fidelities, seed, lambda shapes: self._inherited(trial, shapes))
        ):
            rungs.append(rung.to_json())
            trial.set_user_attr("rungs", rungs)
            save_weights(self._folder(trial.number) / "weights.npz", rung.weights)
            values = values_of(search.objectives, rung.accuracy, figures)
            self._note(f"{trial.number}: accuracy {rung.accuracy:.3f} after {rung.epochs} epochs")
            if search.cut_short:
                trained = rung.epochs / fidelities[-1]
                trial.report(promise(values[0], rung.accuracy, search.min_accuracy, trained), REDUCTION**number)
                if number < len(fidelities) - 1 and trial.should_prune():
                    return Outcome(STOPPED)
        trial.set_constraint("accuracy", search.min_accuracy - rungs[-1]["accuracy"])
        return Outcome(TRAINED, values=values)

    def _inherited(self, trial: Trial, shapes: Shapes) -> Weights:
        """The weights of the earlier candidate that has most of this one's, the earliest of equals."""
        best = (LEAST_SHARED, 0, Path())
        for other in self._study.trials():
            path = self._folder(other.number) / "weights.npz"
            if other.number < trial.number and path.is_file():
                best = max(best, (shared(shapes, self._shapes_of(path)), -other.number, path))
        share, number, path = best
        if path == Path():
            return {}
        trial.set_user_attr("parent", -number)
        trial.set_user_attr("inherited", share)
        return load_weights(path)

    def _shapes_of(self, path: Path) -> Shapes:
        if path not in self._shapes:
            self._shapes[path] = {name: value.shape for name, value in load_weights(path).items()}
        return self._shapes[path]

    def _folder(self, number: int) -> Path:
        return self._search.out / "trials" / str(number)
