"""The compiler: an int8 ``.tflite`` in, verified firmware for a Cortex-M out.

Stages, in the order a model passes through them: read, check, optimize, lower, plan, render, compile, run.
Nothing in this package imports TensorFlow.
"""
