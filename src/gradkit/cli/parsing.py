"""argparse with one line for a wrong word, and the right one that is nearest to it; help with examples that work here."""

import argparse
import difflib
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from gradkit.cli.consoles import errors, neutral
from gradkit.course import CONFIG_NAME, Course

READERS: Mapping[str, Sequence[str]] = {
    "for teaching assistants": ("check", "grade", "export", "report", "similar"),
    "for instructors": ("new", "release", "verify", "demo"),
    "for everybody": ("doctor", "completion"),
}
"""Who uses which verb; one that is not here is listed under "more"."""
EXAMPLE = ("homework1", "layers")
"""The assignment and the notebook of examples, where no course says better."""
_CHOICE = re.compile(
    r"argument (?P<name>.+?): invalid choice: (?P<given>.+?) \(choose from (?P<choices>.*)\)", re.DOTALL
)
_UNKNOWN = re.compile(r"unrecognized arguments: (?P<given>.*)", re.DOTALL)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of `known` that is most like `word`, or None where none is."""
    known = list(known)
    swapped = [name for name in known if sorted(name) == sorted(word.lower())]
    return next(iter(swapped or difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.5)), None)


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line on the standard error, and exit status 2."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": argparse.RawDescriptionHelpFormatter, **options})

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does, but a misspelt option is met first: else its value is taken for another argument."""
        words = list(sys.argv[1:] if args is None else args)
        for word in words:
            if word == "--" or (self.verbs and not word.startswith("-")):
                break  # what follows is for the verb's own parser
            self._refuse_unknown(word)
        return super().parse_known_args(words, namespace)

    @property
    def verbs(self) -> Mapping[str, argparse.ArgumentParser]:
        """The verbs of this parser; empty for a verb's own."""
        found = (action.choices for action in self._actions if isinstance(action, argparse._SubParsersAction))  # noqa: SLF001
        return next(found, {})

    def format_help(self) -> str:
        """The help, with verbs by their readers, and with examples that name what the course here has."""
        return _here(super().format_help() if not self.verbs else self._overview())

    def error(self, message: str) -> NoReturn:
        """One line: the command, what is wrong, what was perhaps meant."""
        self._end(self._better(message))

    def _end(self, line: str) -> NoReturn:
        errors().print(f"{self.prog}: {neutral(_here(line))}", markup=False)
        sys.exit(2)

    def _refuse_unknown(self, word: str) -> None:
        name = word.partition("=")[0]
        options = self._option_string_actions  # of groups too
        if name.startswith("--") and not any(option.startswith(name) for option in options):
            near = nearest(name, options)
            self._end(f"no option {name}; " + (f"did you mean {near}?" if near else f"see {self.prog} --help"))

    def _better(self, message: str) -> str:
        if found := _CHOICE.fullmatch(message):
            given, choices = found["given"].strip("'\""), re.findall(r"[^\s,'\"]+", found["choices"])
            near = nearest(given, choices)
            step = f"did you mean {near}?" if near else f"choose from {', '.join(choices)}"
            if self.verbs:
                return f"no verb {given}; {step}"
            return f"{found['name']} {given}: no such choice; {step}"
        if found := _UNKNOWN.fullmatch(message):
            return f"{found['given']}: not understood; see {self.prog} --help"
        return f"{message}; {self.epilog or f'see {self.prog} --help'}"

    def _overview(self) -> str:
        placed = {name for names in READERS.values() for name in names}
        groups = {**READERS, "more": [name for name in self.verbs if name not in placed]}
        width = max(map(len, self.verbs), default=0)
        lines = [f"usage: {self.prog} [--help] [--version] VERB ...", "", self.description or ""]
        for title, names in groups.items():
            here = [name for name in names if name in self.verbs]
            if here:
                lines += ["", f"{title}:"]
                lines += [line for name in here for line in self._entry(name, width)]
        lines += ["", f"{self.prog} VERB --help explains a verb, with an example."]
        return "\n".join(lines) + "\n"

    def _entry(self, name: str, width: int) -> list[str]:
        columns = max(shutil.get_terminal_size().columns - 2, 40)
        text = f"  {name:{width}}  {self.verbs[name].description}"
        return textwrap.wrap(text, columns, subsequent_indent=" " * (width + 4))


def _here(text: str) -> str:
    """`text` with the names of its examples replaced by those of the course that we stand in."""
    if EXAMPLE[0] not in text:
        return text
    folders = (Path.cwd(), *Path.cwd().parents)
    root = next((folder for folder in folders if (folder / CONFIG_NAME).is_file()), None)
    assignments = Course(root).assignments if root is not None else ()
    if root is None or not assignments:
        return text
    notebooks = Course(root).assignment(assignments[0]).notebooks
    return re.sub(rf"\b{EXAMPLE[1]}\.ipynb", f"{notebooks[0]}.ipynb", text.replace(EXAMPLE[0], assignments[0]))
