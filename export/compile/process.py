"""Runs a program to its end."""

import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import AttendNetsError


@dataclass(frozen=True)
class Completed:
    """Exit code and the text of standard output and standard error, in that order."""

    command: str
    code: int
    output: str

    def require_success(self) -> str:
        """The output.

        Raises:
            AttendNetsError: the program failed.
        """
        if self.code != 0:
            raise AttendNetsError(
                f"`{self.command}` failed with exit code {self.code}:\n{self.output}", "See its messages above."
            )
        return self.output


def run_program(command: Sequence[str], directory: Path, timeout: float = 300.0) -> Completed:
    """Runs ``command`` in ``directory``; its exit code is the caller's to judge.

    Raises:
        AttendNetsError: the program cannot be started or takes longer than ``timeout`` seconds.
    """
    text = shlex.join(command)
    try:
        done = subprocess.run(
            command, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise AttendNetsError(
            f"`{text}` did not end within {timeout:.0f} s.", "Is the machine overloaded? Try again."
        ) from error
    except OSError as error:
        raise AttendNetsError(
            f"`{text}` cannot be started: {error}.", "Check the installation: attendnets-cli doctor."
        ) from error
    return Completed(text, done.returncode, (done.stdout + done.stderr).decode(errors="replace"))
