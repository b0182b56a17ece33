"""Writes the table in docs/boards.md from the board files: ``python docs/make_boards_page.py``."""

from pathlib import Path

from export.catalogue import catalogue

PAGE = Path(__file__).with_name("boards.md")
BEGIN, END = "<!-- table: made by docs/make_boards_page.py -->\n", "<!-- end of table -->\n"


def table() -> str:
    lines = ["| board | chip | core | clock | flash | RAM | serial port | ran on |", "|---" * 8 + "|"]
    for board in catalogue():
        ram = ", ".join(f"{name} {size // 1024} KB" for name, size in board["ram"].items())
        lines.append(
            f"| `{board['name']}`<br>{board['title']} | {board['chip']} | {board['target']} | {board['clock_hz'] // 1_000_000} MHz "
            f"| {board['flash'] // 1024} KB | {ram} | {board['uart']} | {', '.join(board['tested']) or 'nothing'} |"
        )
    return "\n".join(lines) + "\n"


def with_table(page: str) -> str:
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
