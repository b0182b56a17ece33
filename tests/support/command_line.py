"""Commands as a user gives them, in this process."""

from click.testing import CliRunner, Result

import cli


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments])


def refused(result: Result, exit_code: int = 2) -> str:
    """The message of a command that failed as it should: short, with a hint, and no traceback."""
    assert result.exit_code == exit_code, result.output
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == "" and "Traceback" not in result.stderr
    assert result.stderr.startswith("Error: ") and "\nHint: " in result.stderr
    return result.stderr
