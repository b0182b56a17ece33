"""Training on several GPUs or machines through ``tf.distribute``: every replica takes its share of each batch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from attendnets_tf.runtime import tf
from export.errors import AttendNetsError, InputError

WORKERS_HINT = (
    "TF_CONFIG must name all workers, and which of them this is; every worker runs the same command. See docs/training.md."
)


class Share(NamedTuple):
    """Of every batch the images [``start``, ``stop``), handed out ``size`` at a time."""

    start: int
    stop: int
    size: int


def strategy_for(distribution: str) -> Any:
    """The ``tf.distribute.Strategy`` of a name: ``none``; ``gpus``, all of this machine; ``workers``, the processes that TF_CONFIG names.

    To be called before the first operator runs. Raises AttendNetsError where TensorFlow cannot set it up.
    """
    if distribution == "none":
        return tf.distribute.get_strategy()
    gpus = tf.config.get_visible_devices("GPU")
    if distribution == "gpus" and not gpus:
        raise AttendNetsError("TensorFlow finds no GPU.", "Leave --distribution out: training runs on the CPU.")
    try:
        return tf.distribute.MirroredStrategy() if distribution == "gpus" else tf.distribute.MultiWorkerMirroredStrategy()
    except (RuntimeError, ValueError, tf.errors.OpError) as error:
        raise AttendNetsError(f"TensorFlow cannot distribute the training: {error}", WORKERS_HINT) from error


def writes_files(strategy: Any) -> bool:
    """Whether it is this process that writes what training gives: one of the workers does."""
    resolver = strategy.cluster_resolver
    if resolver is None or not resolver.task_type:
        return True
    first = "chief" if "chief" in resolver.cluster_spec().jobs else "worker"
    return (resolver.task_type, resolver.task_id) == (first, 0)


@contextmanager
def building(strategy: Any) -> Iterator[None]:
    """The scope in which what trains is built; every variable has a copy in each replica."""
    with strategy.scope(), tf.variable_creator_scope(_create):
        yield


def distributed(strategy: Any, batch_size: int, batches: Callable[[Share], Any]) -> Any:
    """The batches for all replicas; ``batches`` gives a ``tf.data.Dataset`` of one share of each batch.

    Raises InputError where a batch cannot be shared out evenly.
    """
    replicas = strategy.num_replicas_in_sync
    if batch_size % replicas:
        raise InputError(
            f"{batch_size} images of a batch cannot be shared out to {replicas} replicas.", "Use a multiple as the batch size."
        )

    def of_pipeline(context: Any) -> Any:
        size = batch_size // context.num_input_pipelines
        start = size * context.input_pipeline_id
        return batches(Share(start, start + size, batch_size // replicas))

    return strategy.distribute_datasets_from_function(of_pipeline)


def _create(create: Callable[..., Any], **options: Any) -> Any:
    """The quantization toolkit does not say how replicas agree on the ranges of weights, which are alike in all of them."""
    unsaid = options.get("aggregation") in (None, tf.VariableAggregation.NONE)
    if unsaid and options.get("trainable") is False:
        options["aggregation"] = tf.VariableAggregation.ONLY_FIRST_REPLICA
    return create(**options)
