"""Ctrl-C and SIGTERM while C code runs that calls back into Python."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interruptions_deferred(stop: Callable[[], object]) -> Iterator[None]:
    """A signal that Python handles calls ``stop`` at once, which must not raise, and its own handler when the body has ended.

    An exception that a handler raises inside of a callback cannot cross the C code around it: it would be printed and forgotten.
    """
    arrived: list[tuple[int, FrameType | None]] = []

    def note(number: int, frame: FrameType | None) -> None:
        arrived.append((number, frame))
        stop()

    # Handlers run in the main thread, and only there they can be set.
    main = threading.current_thread() is threading.main_thread()
    found = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM) if main}
    handlers = {number: handler for number, handler in found.items() if callable(handler)}
    for number in handlers:
        signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for received, frame in arrived:
            handlers[signal.Signals(received)](received, frame)
