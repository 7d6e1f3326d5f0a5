"""The parser in; a script out with which a shell completes commands, and finds assignments and students by itself.

The scripts list folders of the course; they start no Python.
"""

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

SHELLS = ("bash", "zsh", "tcsh")

_BASH = r"""
_gradkit_root() {
  local folder=$PWD number
  for ((number = 1; number < COMP_CWORD; number++)); do
    if [[ ${COMP_WORDS[number]} == --course ]]; then folder=${COMP_WORDS[number + 1]}; fi
  done
  while [[ ! -f $folder/nbgrader_config.py ]]; do
    [[ $folder == */* ]] || return 1
    folder=${folder%/*}
  done
  printf '%s' "$folder"
}
# $1=folder below the course, $2=word; names of folders there, quoted as one types them
_gradkit_folders() {
  local root path name
  root=$(_gradkit_root) || return
  for path in "$root/$1"/*/; do
    path=${path%/}
    [[ -d $path ]] || continue
    printf -v name '%q' "${path##*/}"
    if [[ $name == "$2"* ]]; then printf '%s\n' "$name"; fi
  done
}
_gradkit_assignments() { _gradkit_folders source "$1"; }
_gradkit_students() { _gradkit_folders submitted "$1"; }
_gradkit_glob_notebooks() {
  compgen -f -X '!*.ipynb' -- "$1"
  compgen -d -- "$1"
}
_gradkit_files() { compgen -f -- "$1"; }
_gradkit_dirs() { compgen -d -- "$1"; }
"""

_ZSH = r"""
_gradkit_folders() {
  local folder=$PWD
  local at=${words[(I)--course]}
  (( at )) && folder=${(Q)words[at + 1]:a}
  while [[ ! -f $folder/nbgrader_config.py ]]; do
    [[ $folder == */* ]] || return 1
    folder=${folder%/*}
  done
  local -a names
  names=($folder/$1/*(N/:t))
  compadd -a names
}
_gradkit_assignments() { _gradkit_folders source }
_gradkit_students() { _gradkit_folders submitted }
"""

_COMPLETES: Mapping[str, Mapping[str, str]] = {
    "assignment": {"bash": "_gradkit_assignments", "zsh": "_gradkit_assignments", "tcsh": "`ls source`"},
    "student": {"bash": "_gradkit_students", "zsh": "_gradkit_students", "tcsh": "`ls submitted`"},
    "notebook": {"bash": "_gradkit_glob_notebooks", "zsh": "_files -g '*.ipynb'", "tcsh": "f:*.ipynb"},
    "course": {"bash": "_gradkit_dirs", "zsh": "_files -/", "tcsh": "d"},
    "file": {"bash": "_gradkit_files", "zsh": "_files", "tcsh": "f"},
}
"""What completes an argument, by its name; any other that takes a path is completed with files."""


def write_script(parser: argparse.ArgumentParser, shell: str) -> str:
    """The script for one of SHELLS."""
    import shtab

    for action in _actions(parser):
        kind = action.dest if action.dest in _COMPLETES else "file" if _takes_path(action) else None
        if kind is not None:
            action.complete = _COMPLETES[kind]  # type: ignore[attr-defined]
    preamble: Any = {"bash": _BASH, "zsh": _ZSH}
    script: str = shtab.complete(parser, shell=shell, preamble=preamble)
    return script if script.endswith("\n") else f"{script}\n"


def _takes_path(action: argparse.Action) -> bool:
    return getattr(action.type, "__name__", "") == "Path"


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:  # noqa: SLF001  # as shtab does: argparse has no public list
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for verb in action.choices.values():
                yield from _actions(verb)
        else:
            yield action
