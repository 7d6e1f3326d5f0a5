"""nbgrader without its noise: warnings held back, log lines kept for the message of an error."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import traitlets.log
from sqlalchemy.exc import SAWarning


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def quiet() -> Iterator[list[str]]:
    """Hold back warnings and log lines of nbgrader and its libraries; yields the log lines, warnings and above."""
    handler = _Lines()
    nbgrader = traitlets.log.get_logger()
    loggers = [nbgrader] if isinstance(nbgrader, logging.Logger) else []
    loggers.append(logging.getLogger("tornado.application"))
    before = [(logger.handlers[:], logger.propagate, logger.level) for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", UserWarning)
        for logger in loggers:
            logger.handlers, logger.propagate = [handler], False
        try:
            yield handler.lines
        finally:
            for logger, (handlers, propagate, level) in zip(loggers, before, strict=True):
                logger.handlers, logger.propagate = handlers, propagate
                logger.setLevel(level)
