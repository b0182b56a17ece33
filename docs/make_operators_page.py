"""Writes the table in docs/operators.md from what the compiler itself goes by: ``python docs/make_operators_page.py``."""

from pathlib import Path

from export.coverage import COVERAGE, TIERS, tier_of

PAGE = Path(__file__).with_name("operators.md")
BEGIN, END = "<!-- table: made by docs/make_operators_page.py -->\n", "<!-- end of table -->\n"


def table() -> str:
    """Operators by type and kernel tier, in alphabetical order."""
    lines = [f"| operator | reads | writes | {' | '.join(f'{tier} kernel' for tier in TIERS)} | what is covered |"]
    lines.append("|---" * (4 + len(TIERS)) + "|")
    for kind, coverage in sorted(COVERAGE.items()):
        cells = [", ".join(f"`{kernel}`" for kernel in coverage.kernels if tier_of(kernel) == tier) for tier in TIERS]
        kernels = " | ".join([cells[0] or "none needed", *(cell or "none" for cell in cells[1:])])
        lines.append(f"| {kind} | {', '.join(coverage.reads)} | {', '.join(coverage.writes)} | {kernels} | {coverage.scope} |")
    return "\n".join(lines) + "\n"


def with_table(page: str) -> str:
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
