"""The one exception tree. Every error a user can cause is one of these, never a traceback.

An error has a message (what is wrong, naming the thing) and a hint (what to do about it). The class decides the exit code of
``attendnets-cli``.
"""


class AttendNetsError(Exception):
    """Work failed: a compiler, an emulator or a board did not do its part. Exit code 1."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = _visible(message)
        self.hint = _visible(hint)
        super().__init__(self.message)


def _visible(text: str) -> str:
    """File names and labels may hold characters that move a cursor or hide text: they are shown escaped. Lines stay lines."""
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in text)


class InputError(AttendNetsError):
    """The input was rejected: a model, an image, an option. Exit code 2."""

    exit_code = 2


class DoesNotFitError(AttendNetsError):
    """The model is too large for the target. Exit code 3.

    ``memory`` is "ram" or "flash", and ``excess`` the bytes that are missing there, at least.
    """

    exit_code = 3

    def __init__(self, message: str, hint: str = "", memory: str = "ram", excess: int = 0) -> None:
        super().__init__(message, hint)
        self.memory = memory
        self.excess = excess
