"""The Keras side of AttendNets-TF: data, AttendNet models, training, int8 quantization and conversion to ``.tflite``.

The models are here by name: ``attendnets_tf.AttendNetB(classes=10)``. Importing this package loads nothing heavy. Only ``runtime``
imports TensorFlow; the modules that do not need it (``specification``, ``images``, ``data``, ``card``, ``pretrained``, ``explore``) work without it.
"""

from typing import Any

_MODELS = ("AttendNetA", "AttendNetB", "AttendNetMicro", "AttendNetNano")

__all__ = ["AttendNet", "AttendNetA", "AttendNetB", "AttendNetMicro", "AttendNetNano"]


def __getattr__(name: str) -> Any:
    if name == "AttendNet":
        from attendnets_tf import model

        return model.AttendNet
    if name in _MODELS:
        from attendnets_tf import applications

        return getattr(applications, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
