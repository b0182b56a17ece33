"""Choices of the command line, apart from the code behind them, so that it lists them without loading any."""

PASS_NAMES = ("no_ops", "constants", "tables", "hoist_tables", "merge_activations", "pads", "dead_channels")
"""The optimization passes, in their order."""

FLASH_TOOLS = ("auto", "pyocd", "openocd", "st-flash", "jlink", "uf2")
"""What can write flash, in the order of preference after "auto"."""
