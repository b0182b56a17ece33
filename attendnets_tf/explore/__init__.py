"""Machine-driven design exploration: networks found by search under a board's constraints."""
