"""TensorFlow Lite Micro as the runtime: the model stays a flatbuffer, and its interpreter runs it behind the same serial protocol."""

from .build import TflmBuild, build_tflm

__all__ = ["TflmBuild", "build_tflm"]
