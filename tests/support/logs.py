"""Everything that a test makes the program write: log lines, metrics, prints."""

import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


class Logs:
    """``text`` is all that was written so far, in whichever way."""

    def __init__(self, prints: pytest.CaptureFixture[str]) -> None:
        self._lines = io.StringIO()
        self._prints = prints
        self._printed = ""

    @property
    def text(self) -> str:
        self._printed += "".join(self._prints.readouterr())
        return self._printed + self._lines.getvalue()

    @contextmanager
    def captured(self) -> Iterator["Logs"]:
        """Redirect every stream handler there is; what was written is shown afterwards.

        A handler keeps the stream that it was made with, so pytest's own capturing misses them.
        """
        before = [(handler, handler.stream) for handler in _stream_handlers()]
        for handler, _ in before:
            # Not setStream, which flushes: the stream of an earlier test is closed by now.
            handler.stream = self._lines
        root = logging.StreamHandler(self._lines)
        logging.getLogger().addHandler(root)
        try:
            yield self
        finally:
            logging.getLogger().removeHandler(root)
            for handler, stream in before:
                handler.stream = stream
            sys.stdout.write(self.text)


def _stream_handlers() -> Iterator["logging.StreamHandler[io.StringIO]"]:
    loggers = [logging.getLogger(), *logging.root.manager.loggerDict.values()]
    for logger in loggers:
        if isinstance(logger, logging.Logger):
            for handler in logger.handlers:
                if type(handler) is logging.StreamHandler:
                    yield handler
