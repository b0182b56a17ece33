"""The optimization passes by name, in their order; apart from their code, so that the command line lists them without loading it."""

PASS_NAMES = ("no_ops", "constants", "tables", "hoist_tables", "merge_activations", "pads", "dead_channels")
