"""Pages with a line `<!-- from the program: PART -->` in; the same with Markdown made of the program's own words out.

So the manual can't say other options, defaults, limits or causes than the program does. On a Git host the line shows
nothing; there the pages point to the command that tells the same.
"""

import argparse
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import partial
from pathlib import Path

from sphinx.application import Sphinx

from gradkit.cli import build_parser
from gradkit.sandbox import advice
from gradkit.sandbox.limits import Limits

_LINE = re.compile(r"^<!-- from the program: (\w+)(?: (\w+))? -->$", re.MULTILINE)
_DOCSTRING_OF_FIELD = r"^    {name}: .*\n    \"\"\"(.+)\"\"\"$"


def setup(app: Sphinx) -> dict[str, bool]:
    """Fill in the parts as each page is read."""
    app.connect("source-read", _fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _fill(app: Sphinx, page: str, source: list[str]) -> None:
    source[0] = _LINE.sub(lambda found: "\n".join(PARTS[found[1]](*filter(None, [found[2]]))), source[0])


def commands() -> Iterator[str]:
    """A section for each verb: what it does, how it is called, its options."""
    parser = build_parser()
    (verbs,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))  # noqa: SLF001
    for name, verb in verbs.choices.items():
        yield f"## `gradkit {name}`\n"
        yield f"{_text(verb.description or '')}\n"
        yield f"```text\n{_usage(verb)}\n```\n"
        told = [(action, words) for action in verb._actions if (words := _help(verb, action))]  # noqa: SLF001
        if told:
            yield "| argument | what |\n|---|---|"
            yield from (f"| {_name(action)} | {_text(words)} |" for action, words in told)
            yield ""
        run = (verb.get_default("run").__doc__ or "").partition("\n")[0]
        if "all is well" in run:
            yield f"All is well {_text(run.partition('all is well ')[2])}\n"
        if verb.epilog:
            example, _, more = verb.epilog.removeprefix("example: ").partition("\n")
            yield f"Example: `{example}`\n"
            if more.strip():
                yield f"```text\n{more.strip()}\n```\n"


def cause(name: str) -> Iterator[str]:
    """One reason why isolation may fail: what `doctor` says, and the step."""
    known = advice.KNOWN[name]
    yield f"`doctor` says\n: {_filled(known.fact)}\n\nand the step\n: {_filled(known.step)}\n"


def limits() -> Iterator[str]:
    """The keys of `[limits]`, their defaults and what they bound."""
    source = Path(__import__(Limits.__module__, fromlist=["Limits"]).__file__).read_text("utf-8")
    yield "| key | default | what |\n|---|---|---|"
    for field in fields(Limits):
        found = re.search(_DOCSTRING_OF_FIELD.format(name=field.name), source, re.MULTILINE)
        assert found is not None, f"{field.name} of Limits has no docstring"
        yield f"| `{field.name}` | {field.default:g} | {_text(found[1])} |"


def _usage(verb: argparse.ArgumentParser) -> str:
    verb.formatter_class = partial(argparse.HelpFormatter, width=90)  # type: ignore[assignment]
    return verb.format_usage().removeprefix("usage: ").replace("\n       ", "\n").rstrip()


def _help(verb: argparse.ArgumentParser, action: argparse.Action) -> str:
    if not action.help or action.help == argparse.SUPPRESS or action.dest == "help":
        return ""
    return " ".join(verb._get_formatter()._expand_help(action).split())  # noqa: SLF001  # with its defaults filled in


def _name(action: argparse.Action) -> str:
    metavar = action.metavar or ("{" + ",".join(map(str, action.choices)) + "}" if action.choices else "")
    if not action.option_strings:
        return f"`{metavar or action.dest}`"
    value = f" {metavar or action.dest.upper()}" if action.nargs != 0 else ""
    return ", ".join(f"`{option}{value}`" for option in action.option_strings)


def _filled(words: str) -> str:
    """What is filled in as it is found, in italics."""
    return re.sub(r"\\{(\w+)\\}", r"*\1*", _text(words))


def _text(words: str) -> str:
    """Plain words as Markdown that shows the same."""
    return re.sub(r"([\\`*_<>|#\[\]{}])", r"\\\1", words)


PARTS: dict[str, Callable[..., Iterator[str]]] = {"commands": commands, "cause": cause, "limits": limits}
