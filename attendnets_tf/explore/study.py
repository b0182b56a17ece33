"""The one module that knows Optuna: the study, where it is stored, its sampler and pruner, and what is written down of every trial."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from attendnets_tf.explore.objectives import OBJECTIVES
from attendnets_tf.explore.settings import REDUCTION, Search
from export.errors import AttendNetsError, InputError

try:
    import optuna
    from optuna.storages import BaseStorage, GrpcStorageProxy, RDBStorage, RetryHeartbeatStaleTrialCallback
    from optuna.trial import FrozenTrial, Trial, TrialState
except ImportError as error:
    raise AttendNetsError(
        f"a search needs Optuna, which could not be loaded: {error}", "install it with: pip install 'attendnets-tf[explore]'"
    ) from error

optuna.logging.set_verbosity(optuna.logging.WARNING)
logging.getLogger("alembic").setLevel(logging.WARNING)

HEARTBEAT_S, GRACE_S = 5, 30
"""A process that has not been heard of for the second is taken for dead, and what it was doing is done again."""
PROXY = "grpc://"
ATTEMPTS = 4
RANDOM_STARTS = 12
REJECTED, STOPPED, TRAINED, FAILED = "rejected", "stopped", "trained", "failed"
"""How a trial ended: the board cannot run it; training was cut short; trained to the end; it could not be trained."""
SURPLUS = "surplus"
"""Two workers drew the last candidate at once: this one is none."""
MOST_RETRIES = 3
"""Of a candidate whose training was interrupted."""

__all__ = ["FrozenTrial", "Trial"]


@dataclass(frozen=True)
class Outcome:
    """What became of a candidate: REJECTED, with what is how much too much; TRAINED, with the objectives' values; STOPPED; or FAILED."""

    state: str
    excess: dict[str, float] = field(default_factory=dict)
    values: Sequence[float] = ()


class Study:
    """The trials of a search, shared by all processes that work on it."""

    def __init__(self, search: Search, entropy: int = 0) -> None:
        """Processes that draw at the same time must differ in their ``entropy``; 0 is for the one whose draws the search's seed decides."""
        self._search = search
        self._entropy = entropy
        self._study = _opened(search)
        self._hears_hearts = not search.storage.startswith(PROXY)
        known = self._study.user_attrs.get("identity")
        if known is None:
            self._study.set_user_attr("identity", search.identity())
        elif known != (wanted := search.identity()):
            differing = sorted(key for key in wanted if known.get(key) != wanted[key])
            raise InputError(
                f"{search.out}: holds a search with other settings ({', '.join(differing)})", "choose another --out"
            )

    def trials(self) -> list[FrozenTrial]:
        """All that have been drawn, by number; without those whose process died, which were drawn again, and one too many."""
        trials = self._study.get_trials(deepcopy=False)
        drawn = [trial for trial in trials if trial.state not in (TrialState.FAIL, TrialState.WAITING)]
        return [trial for trial in drawn if trial.user_attrs.get("state") != SURPLUS]

    def started(self, before: float = inf) -> int:
        """Candidates that are trained, or were, to the end or not; of those with a number before this one."""
        return sum(trial.user_attrs.get("state") != REJECTED and trial.number < before for trial in self.trials())

    def finished(self) -> int:
        """Candidates that were trained, to the end or not. Where nobody notices that a process dies, those that are being trained count."""
        if not self._hears_hearts:
            return self.started()
        return sum(trial.user_attrs.get("state") in (STOPPED, TRAINED, FAILED) for trial in self.trials())

    def revive(self) -> bool:
        """Put what dead processes were doing up for drawing again; whether there was any."""
        before = self.started()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            optuna.storages.fail_stale_trials(self._study)
        return self.started() < before

    def run_one(self, candidate: Callable[[Trial, int], Outcome]) -> None:
        """Draw one candidate, and write down what becomes of it; it is called with a seed of its own.

        What is interrupted is drawn again.
        """
        draw = len(self.trials())
        self._study.sampler = self._sampler(self._seed(draw))

        def of_trial(trial: Trial) -> Sequence[float]:
            if self.started(before=trial.number) >= self._search.trials:
                trial.set_user_attr("state", SURPLUS)
                raise optuna.TrialPruned
            # What is drawn again keeps what it was drawn as
            if "draw" not in trial.user_attrs:
                trial.set_user_attr("draw", draw)
            try:
                outcome = candidate(trial, self._seed(trial.user_attrs["draw"]))
            except (Exception, KeyboardInterrupt):
                # These Optuna writes down as failures. A process that ends otherwise falls silent, and others notice.
                self._retry(trial.number)
                raise
            if outcome.excess:
                trial.set_user_attr("excess", outcome.excess)
            for name, excess in outcome.excess.items():
                trial.set_constraint(name, excess)
            trial.set_user_attr("state", outcome.state)
            if outcome.state != TRAINED:
                raise optuna.TrialPruned
            return outcome.values

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            self._study.optimize(of_trial, n_trials=1)

    def _retry(self, number: int) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            RetryHeartbeatStaleTrialCallback(MOST_RETRIES)(self._study, self._study.get_trials()[number])

    def _seed(self, draw: int) -> int:
        """Of one draw, so that a search that goes on draws what it would have drawn."""
        return ((self._search.seed * 1_000_003 + draw) * 1_000_003 + self._entropy) % 2**31

    def _sampler(self, seed: int) -> Any:
        if self._search.sampler == "random":
            return optuna.samplers.RandomSampler(seed=seed)
        if self._search.sampler == "nsga2":
            return optuna.samplers.NSGAIISampler(seed=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            return optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True, n_startup_trials=RANDOM_STARTS)

    def importance(self) -> dict[str, float]:
        """How much every parameter decides the first objective, by the trained candidates; empty where they are too few."""
        names = self._search.objectives
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of parameters that few trials have; the report says how many there were
                return optuna.importance.get_param_importances(
                    self._study,
                    evaluator=optuna.importance.PedAnovaImportanceEvaluator(),
                    target=(lambda trial: trial.values[0]) if len(names) > 1 else None,
                )
        except (ValueError, RuntimeError):
            return {}


def _opened(search: Search) -> optuna.Study:
    """Raises InputError where there can be no storage."""
    directions: list[Any] = [OBJECTIVES[name].direction for name in search.objectives]
    pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=REDUCTION)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return optuna.create_study(
                storage=_storage(search.storage or f"sqlite:///{search.out / 'study.db'}"),
                study_name="explore",
                load_if_exists=True,
                directions=directions,
                pruner=pruner if search.cut_short else optuna.pruners.NopPruner(),
            )
        except Exception as error:  # whatever the database's driver raises
            if attempt == ATTEMPTS:
                where = search.storage or search.out
                raise InputError(
                    f"{where}: no storage for a search: {error}", "check the URL, and that its server runs"
                ) from error
            # Workers that begin together get into each other's way when they make the tables.
            time.sleep(attempt)
    raise AssertionError("unreachable")


def _storage(url: str) -> BaseStorage:
    """Databases notice when a process dies; a gRPC proxy does not."""
    if url.startswith(PROXY):
        host, _, port = url.removeprefix(PROXY).partition(":")
        return GrpcStorageProxy(host=host, port=int(port or 13000))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        retry = RetryHeartbeatStaleTrialCallback(MOST_RETRIES)
        return RDBStorage(url, heartbeat_interval=HEARTBEAT_S, grace_period=GRACE_S, heartbeat_stale_trial_callback=retry)
