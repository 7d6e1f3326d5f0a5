"""What several tests of the sandbox look at."""

from collections.abc import Callable
from typing import Any

import pytest

from gradkit.sandbox.process import StudentProcess


@pytest.fixture
def note_messages(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str, dict[str, Any]], Any]], list[Any]]:
    """Notes what is asked of students' processes from now on, each message as it is told by its operation and fields."""

    def start(told: Callable[[str, dict[str, Any]], Any]) -> list[Any]:
        asked: list[Any] = []
        ask = StudentProcess.ask

        def note(self: StudentProcess, operation: str, *args: Any, **fields: Any) -> Any:
            asked.append(told(operation, fields))
            return ask(self, operation, *args, **fields)

        monkeypatch.setattr(StudentProcess, "ask", note)
        return asked

    return start


@pytest.fixture
def messages(note_messages: Callable[..., list[Any]]) -> list[Any]:
    """The operations that are asked of students' processes, as they are asked."""
    return note_messages(lambda operation, _: operation)
