"""Runs inside the sandbox: takes cells and calls from the grader, sends back what came of them.

`prepare` is called once in the server, `serve` in each submission's own process.

Imports `wire` and nothing else of gradkit. Everything here can be read, patched or replaced by the student's code: what
it sends is a claim about values, never a verdict, and holds no secret.

Requests, each with a number `seq` that the reply repeats:
    {"op": "start"}           the reply says that the process has given up its rights and is ready
    {"op": "run", ...}        runs cells
    {"op": "call", ...}       calls a function of the notebook
    {"op": "calls", ...}      calls several, for one check or one check after the other; a call may take parts of what those before
                              it returned in its check
With a seed in "check", a new check begins with a cell or call: forget kept objects, reseed the random generators.
"""

import ast
import builtins
import contextlib
import difflib
import gc
import importlib
import importlib.abc
import io
import linecache
import os
import random
import sys
import traceback
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from IPython.core.compilerop import CachingCompiler
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

if TYPE_CHECKING:
    from gradkit.sandbox import wire
else:
    import wire


class Compiler(CachingCompiler):
    """Names the code of each cell by its count, so that a traceback leads back to the cell."""

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return f"<cell {number}>"


class Shell(InteractiveShell):
    """IPython without a terminal, a history, a display or commands of the machine."""

    compiler_class = Compiler

    def init_ipython_dir(self, ipython_dir: Any) -> None:
        """No folder of settings: there is nothing to read in it, and there may be no place to make one."""

    def init_profile_dir(self, profile_dir: Any) -> None:
        """No profile either."""

    def enable_gui(self, gui: Any = None) -> None:
        """No event loop: figures are drawn by the student's Jupyter, not here."""

    def enable_matplotlib(self, gui: Any = None) -> tuple[str, str]:
        """`%matplotlib` in any form: the backend stays Agg."""
        return "agg", "agg"

    def showtraceback(self, *_: Any, **__: Any) -> None:
        """Nothing: the exception goes to the grader as data."""

    def showsyntaxerror(self, *_: Any, **__: Any) -> None:
        """Nothing, as for other exceptions."""

    def system(self, cmd: str) -> None:
        """`!command`: said, not run."""
        print(f"(commands of the machine do not run while grading: {cmd})")

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        self.system(cmd)
        return [] if split else ""


class Forbidden(importlib.abc.MetaPathFinder):
    """Refuses the modules that the exercise forbids, with a message that says so."""

    def __init__(self, names: list[str]) -> None:
        self.names = frozenset(names)

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> None:
        name = fullname.partition(".")[0]
        if name in self.names:
            raise ImportError(f"this exercise does not allow {name}", name=name)


class Output(io.TextIOBase):
    """Keeps the first `limit` characters of what is printed and drops the rest."""

    def __init__(self, limit: int) -> None:
        self.limit, self.size = limit, 0
        self.parts: list[str] = []

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.size < self.limit:
            self.parts.append(str(text[: self.limit - self.size]))
        self.size += len(text)
        return len(text)

    def text(self) -> str:
        return "".join(self.parts)


MUCH = 4 << 20
"""Bytes that calls made together bring back before the rest of them has to wait."""
LAST_INPUTS = ("_i00", "_i", "_ii", "_iii")
"""Where IPython's history has the last cells, the latest first."""

Plain = list[types.CodeType]
"""The compiled parts of a cell, in their order."""


class Worker:
    """One notebook's namespace and the objects that its calls returned."""

    def __init__(self, shell: Any, output_limit: int) -> None:
        self.shell = shell
        self.output_limit = output_limit
        self.channel: Any = None
        self.kept: dict[int, Any] = {}
        self.unseeded = random.Random()
        self.counter = 0
        self.cells: dict[str, str] = {}
        self.given: dict[str, tuple[str, Plain]] = {}
        self.shell_as_prepared = hooks_of(shell)
        self.names_as_prepared = dict(shell.user_ns)
        self.operations: dict[str, Callable[[dict[str, Any], memoryview], tuple[dict[str, Any], list[wire.Chunk]]]] = {
            "start": self.start, "run": self.run, "call": self.call, "calls": self.calls,
        }  # fmt: skip

    def serve(self, channel: wire.Channel) -> None:
        self.channel = channel
        while True:
            self.answer(channel)

    def answer(self, channel: wire.Channel) -> None:
        """Take one request and reply to it."""
        request, body = channel.receive()
        try:
            reply, chunks = self.operations[request["op"]](request, body)
            frame = wire.frame_of({"seq": request["seq"], **reply}, chunks)
        except BaseException as error:  # noqa: BLE001  # the student's, of any kind; it is described, not swallowed
            frame = wire.frame_of({"seq": request["seq"], "error": self.describe(error)})
        while frame:  # without a deadline, which is the grader's to keep
            frame = wire.write_some(channel.write_fd, frame)

    def forget(self) -> None:
        """Be as new: nothing has run and nothing is kept."""
        for name in self.cells:
            linecache.cache.pop(name, None)
        self.kept.clear()
        self.cells.clear()
        self.counter = 0
        shell, history = self.shell, self.shell.history_manager
        shell.user_ns.clear()
        shell.user_ns.update(self.names_as_prepared)
        del history.input_hist_parsed[1:], history.input_hist_raw[1:]
        for name in LAST_INPUTS:
            setattr(history, name, "")
        shell.execution_count = 1

    # --- operations

    def start(self, request: dict[str, Any], body: memoryview) -> tuple[dict[str, Any], list[wire.Chunk]]:
        return {"ready": True}, []

    def run(self, request: dict[str, Any], body: memoryview) -> tuple[dict[str, Any], list[wire.Chunk]]:
        """Run cells; those that would begin late have to wait."""
        self.begin_check(request["check"])
        until = monotonic() + request["within"]
        errors: list[dict[str, Any] | None] = []
        for label, source, only_definitions in request["cells"]:
            if errors and monotonic() > until:
                break
            with self.captured():
                error = self.run_cell(definitions(source) if only_definitions else source, label)
            errors.append(self.describe(error) if error is not None else None)
        return {"errors": errors}, []

    def run_cell(self, source: str, label: str) -> BaseException | None:
        """Run a cell; what it raised. Plain Python is run as it stands, all else by IPython, which takes ten times as long."""
        shell, name = self.shell, f"<cell {self.shell.execution_count}>"
        if self.shell_as_prepared != hooks_of(shell):
            plain = None
        elif source in self.given:
            name, plain = self.given[source]
        else:
            plain = compile_plain(shell, source, name)
        self.cells[name] = label
        if plain is None:
            result = shell.run_cell(source, store_history=True, silent=False)
            found: BaseException | None = result.error_before_exec or result.error_in_exec
            return found
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        self.remember_input(source)
        with shell.builtin_trap, shell.display_trap:
            try:
                for code in plain:
                    exec(code, shell.user_ns)
            except BaseException as error:  # noqa: BLE001  # the student's, of any kind; it is described, not swallowed
                return error
        return None

    def remember_input(self, source: str) -> None:
        """What IPython's history does, for `In`, `_i` and `_i1`, without its queue for a file that there is not."""
        shell, history, source = self.shell, self.shell.history_manager, source.rstrip("\n")
        history.input_hist_parsed.append(source)
        history.input_hist_raw.append(source)
        before = [getattr(history, name) for name in LAST_INPUTS]
        for name, value in zip(LAST_INPUTS, [source, *before], strict=False):
            setattr(history, name, value)
        shell.user_ns.update({"_i": before[0], "_ii": before[1], "_iii": before[2]})
        shell.user_ns[f"_i{shell.execution_count}"] = source
        shell.execution_count += 1

    def learn(self, sources: Sequence[str]) -> None:
        """Compile cells that most submissions have, so that none of them has to."""
        flags = self.shell.compile.flags
        for number, source in enumerate(sources):
            name = f"<given {number}>"
            plain = compile_plain(self.shell, source, name)
            if self.shell.compile.flags != flags:  # it has a `__future__`, which counts from where it runs
                self.shell.compile.flags = flags
            elif plain is not None:
                self.given[source] = name, plain
        rest()

    def begin_check(self, seed: int | None) -> None:
        if seed is not None:
            with contextlib.suppress(Exception):  # a notebook may have made its own of what seeds the generators
                self.kept.clear()
                random.seed(seed)
                np.random.seed(seed % 2**32)
                self.unseeded.seed(seed)

    def call(self, request: dict[str, Any], body: memoryview) -> tuple[dict[str, Any], list[wire.Chunk]]:
        self.begin_check(request["check"])
        encoder = wire.Encoder(request["limit"], self.keep)
        reply, _ = self.make(request, self.decoder(body), encoder)
        return reply, encoder.chunks

    def calls(self, request: dict[str, Any], body: memoryview) -> tuple[dict[str, Any], list[wire.Chunk]]:
        """Make the calls of each check. Those that would begin late, or come back with much beside them, have to wait."""
        decoder, encoder = self.decoder(body), wire.Encoder(request["limit"], self.keep, copies=True)
        until = monotonic() + request["within"]
        checks: list[list[dict[str, Any]]] = []
        for check in request["checks"]:
            if checks and (encoder.size > MUCH or monotonic() > until):
                break
            self.begin_check(check["check"])
            decoder.nodes = 0  # the limit is for one check
            checks.append(self.make_all(check["calls"], decoder, encoder))
        return {"checks": checks}, encoder.chunks

    def make_all(
        self, calls: Sequence[dict[str, Any]], decoder: wire.Decoder, encoder: wire.Encoder
    ) -> list[dict[str, Any]]:
        """Make calls up to the first that fails, or can't be made, or would come back with much beside it."""
        outcomes: list[dict[str, Any]] = []
        values: list[Any] = []
        for call in calls:
            encoder.nodes = 0  # the limit is for one value
            try:
                if (outcomes and encoder.size > MUCH) or not all(
                    wire.has_part(values[number], part) for _, number, part in call["parts"]
                ):
                    break
                outcome, value = self.make(call, decoder, encoder, values)
            except BaseException as error:  # noqa: BLE001  # the student's, of any kind; it is described, not swallowed
                outcome, value = {"error": self.describe(error)}, None
            outcomes.append(outcome)
            values.append(value)
            if "value" not in outcome:
                break
        return outcomes

    def decoder(self, body: memoryview) -> wire.Decoder:
        return wire.Decoder(body, lambda handle: self.kept[handle.id], room=wire.REQUEST_ROOM)

    def make(
        self, call: dict[str, Any], decoder: wire.Decoder, encoder: wire.Encoder, values: Sequence[Any] = ()
    ) -> tuple[dict[str, Any], Any]:
        """Call a function; what is replied, and its value. `values` are those of the calls before it."""
        function = self.shell.user_ns.get(call["function"])
        if not callable(function):
            missing = "absent" if function is None else f"a value of type {type(function).__name__}"
            return {"missing": missing, "near": self.nearest(call["function"])}, None
        args = decoder.decode(call["args"])
        kwargs = decoder.decode(call["kwargs"])
        if call.get("parts"):
            args = list(args)
            for place, number, part in call["parts"]:
                args[place] = values[number][part]
            args = tuple(args)
        with self.captured():
            value = function(*args, **kwargs)
        reply = {"value": self.encode_parts(encoder, value, call["opaque"])}
        if call.get("arguments"):
            reply["arguments"] = self.encode_parts(encoder, args, [not wanted for wanted in call["arguments"]])
        return reply, value

    def nearest(self, name: str) -> str:
        """The function of the notebook whose name is most like `name`, or ""."""
        names = [str(key) for key, value in self.shell.user_ns.items() if callable(value)]
        return clean(next(iter(difflib.get_close_matches(name, names, n=1, cutoff=0.75)), ""), 80)

    # --- values

    def encode_parts(self, encoder: wire.Encoder, value: Any, opaque: Sequence[bool] = ()) -> list[Any]:
        """[whole, parts]: the handle of the value, and each part with its handle.

        A tuple or list is sent part by part, so that a cache that can't cross doesn't take `out` with it. Of one with as many
        parts as `opaque`, those that are stay here.
        """
        if type(value) not in (tuple, list):
            return ["one", [self.encode_part(encoder, value)]]
        if len(value) > 64:
            return ["one", [self.encode_part(encoder, value)]]
        kind = "t" if type(value) is tuple else "l"
        stays = opaque if len(opaque) == len(value) else [False] * len(value)
        return [kind, [self.encode_part(encoder, part, stay) for part, stay in zip(value, stays, strict=True)]]

    def encode_part(self, encoder: wire.Encoder, value: Any, stays: bool = False) -> list[Any]:
        if value is None or type(value) in (bool, int, float):
            return [None, encoder.encode(value)]
        self.counter += 1
        number = self.counter
        self.kept[number] = value
        if stays:
            return [number, encoder.encode(wire.Handle(number, type(value).__name__, "it is only handed on"))]
        mark = encoder.mark()
        try:
            return [number, encoder.encode(value)]
        except Exception as error:  # noqa: BLE001  # of a strange object; the handle says why it stays
            encoder.go_back(mark)
            reason = (
                f"too large or too deep to cross: {error}" if isinstance(error, wire.WireError) else "it can't be read"
            )
            return [number, encoder.encode(wire.Handle(number, type(value).__name__, reason))]

    def keep(self, value: Any, reason: str) -> wire.Handle:
        self.counter += 1
        self.kept[self.counter] = value
        return wire.Handle(self.counter, type(value).__name__, reason)

    # --- words

    @contextlib.contextmanager
    def captured(self) -> Iterator[Output]:
        output = Output(self.output_limit)
        saved = sys.stdout, sys.stderr
        sys.stdout = sys.stderr = output
        try:
            yield output
        finally:
            sys.stdout, sys.stderr = saved

    def describe(self, error: BaseException) -> dict[str, Any]:
        """The exception in data: its type, its text, and the last line of the notebook's own that led to it."""
        place = {"label": "", "line": 0, "code": ""}
        with contextlib.suppress(Exception):
            place = self.find_place(error)
        text = ""
        with contextlib.suppress(Exception):
            text = error.msg if isinstance(error, SyntaxError) else str(error)
        name = error.name if isinstance(error, NameError | ImportError) else None
        return {
            "type": clean(type(error).__name__, 80), "text": clean(text, 300), "name": clean(name or "", 80),
            **{key: clean(value, 160) if isinstance(value, str) else value for key, value in place.items()},
        }  # fmt: skip

    def find_place(self, error: BaseException) -> dict[str, Any]:
        if isinstance(error, SyntaxError) and error.filename in self.cells:
            return {"label": self.cells[error.filename], "line": error.lineno or 0, "code": error.text or ""}
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if frame.filename in self.cells:
                return {"label": self.cells[frame.filename], "line": frame.lineno or 0, "code": frame.line or ""}
        return {"label": "", "line": 0, "code": ""}


def hooks_of(shell: Any) -> list[Any]:
    """All that decides what IPython does with a cell besides its text: hooks that code can add, and the compiler's flags."""
    manager = shell.input_transformer_manager
    return [
        shell.compile.flags, [*shell.ast_transformers], [*shell.input_transformers_post], [*manager.cleanup_transforms],
        [*manager.line_transforms], [*manager.token_transformers], {name: [*found] for name, found in shell.events.callbacks.items()},
    ]  # fmt: skip


def compile_plain(shell: Any, source: str, name: str) -> Plain | None:
    """A cell's code, where it is Python that means to IPython what it means to Python; the last part shows its value.

    None for magics, commands, `await`, what IPython tidies first (prompts that were pasted with the code), what does not compile
    (IPython says how it fails), and for most single lines, which may be the name of a magic.
    """
    if not source or source[0].isspace():
        return None
    try:
        lines = tidy = source.splitlines(keepends=True)
        for transform in shell.input_transformer_manager.cleanup_transforms:
            tidy = transform(tidy)
        if tidy != lines:
            return None
        body = shell.compile.ast_parse(source, name).body
        if not body or (len(lines) == 1 and not isinstance(body[0], ast.Import | ast.ImportFrom | ast.Assign)):
            return None
        shown = body[-1:] if isinstance(body[-1], ast.Expr) else []
        parts = [shell.compile(ast.Module(body[: len(body) - len(shown)], []), name, "exec")]
        return [*parts, shell.compile(ast.Interactive(shown), name, "single")] if shown else parts
    except Exception:  # noqa: BLE001  # IPython meets it again
        return None


def definitions(source: str) -> str:
    """The imports, functions and classes of a cell, without what it goes on to do; "" where it is no plain Python."""
    kept = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return ""
    return ast.unparse(ast.Module([node for node in tree.body if isinstance(node, kept)], []))


def clean(text: Any, limit: int) -> str:
    """Printable text that every codec can write."""
    return wire.printable(str(text), limit).encode("utf-8", "replace").decode()


def make_shell() -> Any:
    """The one shell of this process, without history and colours."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.cache_size = 0
    return Shell.instance(config=config)


def leave(code: object = None) -> None:
    """`exit` and `quit` of a notebook: end the call or cell, not the worker."""
    raise SystemExit(code)


def refuse_input(prompt: object = "", /) -> str:
    """`input()`: there is nobody to ask."""
    raise EOFError("input() has no one to ask while grading")


def silence(*fds: int) -> None:
    """Put /dev/null in the place of file descriptors."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in fds:
        os.dup2(null, fd)
    os.close(null)


def prepare(settings: Mapping[str, Any]) -> tuple[Worker, int]:
    """All that submissions share, loaded once: the shell, and the modules that their notebooks import."""
    gc.disable()
    sys.meta_path.insert(0, Forbidden(settings["forbidden"]))
    builtins.input = refuse_input
    shell = make_shell()
    for source in ("import numpy as np; np.random.seed(0)", "del np"):  # what IPython and NumPy load when first used
        shell.run_cell(source)
    shell.user_ns.update(exit=leave, quit=leave)
    for name in settings["imports"]:
        with contextlib.suppress(Exception):  # one that is not there, or forbidden: the notebook's own import tells
            importlib.import_module(name)
    worker = Worker(shell, settings["output"])
    vars(np.random.bit_generator)["randbits"] = worker.unseeded.getrandbits  # what NumPy asks where nobody gives a seed
    return worker, settings["max_body"]


def rest() -> None:
    """Have the garbage collection of the submissions to come copy nothing of what is here."""
    gc.collect()
    gc.freeze()
    gc.enable()


def serve(prepared: tuple[Worker, int], read_fd: int, write_fd: int) -> NoReturn:
    """Be one submission's process until the grader is gone; every right that is not needed has been given up (`enter`)."""
    worker, max_body = prepared
    try:
        worker.serve(wire.Channel(read_fd, write_fd, max_body=max_body, patient=True))
    except MemoryError:
        os._exit(wire.OUT_OF_MEMORY)
    finally:
        os._exit(0)
