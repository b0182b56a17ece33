"""Choices of the command line, apart from the code behind them, so that it lists them without loading any."""

PASS_NAMES = ("no_ops", "constants", "tables", "hoist_tables", "merge_activations", "pads", "dead_channels")
"""The optimization passes, in their order."""

HARNESSES = ("serial", "mlperf-tiny")
"""Whom a firmware can serve, the default first: this program by its own serial protocol, or a benchmark's runner."""

BENCHMARK_TASKS = ("ic01", "vww01", "kws01", "ad01")

LAYOUTS = ("cmake", "zephyr", "arduino", "platformio", "cmsis-pack", "makefile")
"""The build systems that a model can be made a module for."""

FLASH_TOOLS = ("auto", "uf2", "pyocd", "openocd", "st-flash", "jlink")
"""What can write flash, in the order of preference after "auto"."""
