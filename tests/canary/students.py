"""What a class hands in where some of its students look for secrets: names in, the code of answers out."""

RIGHT = "def add(a, b):\n    return np.asarray(a) + np.asarray(b)"
PRODUCT = "def multiply(a, b):\n    return a * b"
SUBTRACTS = "def add(a, b):\n    return np.asarray(a) - np.asarray(b)"
UNKNOWN = "def add(a, b):\n    return np.asarray(a) + 2 * np.asarray(b)"
STOPS = "def add(a, b):\n    if np.size(a) > 4:\n        raise ValueError('too many')\n    return np.asarray(a) + b"
HANGS = "def add(a, b):\n    while True:\n        pass"
CRASHES = """def add(a, b):
    return deeper(a, b)


def deeper(a, b):
    import traceback

    try:
        return a[7][b]
    except Exception as error:
        raise RuntimeError("".join(traceback.format_exception(error)))


add([1], 2)"""

LOOK = '''
import base64, gc, glob, os, re, sys, traceback

WORD = re.compile(r"zq[0-9a-f]{14}\\w*|[0-9a-f]{14}qz")
PLACES = []


def texts_of(thing, depth=0):
    """Every text that hangs on an object."""
    try:
        yield str(thing)[:100_000]
        yield repr(getattr(thing, "__dict__", ""))[:100_000]
    except BaseException:
        return


def frames():
    """The locals and globals of every frame, those of the worker below the call included."""
    for number in range(100):
        try:
            frame = sys._getframe(number)
        except ValueError:
            return
        PLACES.append("frame")
        yield from texts_of(frame.f_locals)
        yield from texts_of(frame.f_globals)
        yield str(frame.f_code.co_consts) + str(frame.f_code.co_names) + frame.f_code.co_filename


def objects():
    """Everything that the garbage collector knows."""
    for thing in gc.get_objects()[:60_000]:
        if isinstance(thing, (dict, list, tuple)) and len(thing) < 2_000:
            PLACES.append("object")
            yield from (item for item in thing if type(item) is str)
            if isinstance(thing, dict):
                yield from (item for item in list(thing.values()) if type(item) is str)


def files():
    """The environment, the command lines, open files and every small text that can be read."""
    yield str(dict(os.environ)) + str(sys.argv) + str(sys.orig_argv) + os.getcwd() + str(sys.path)
    paths = glob.glob("/proc/[0-9]*/*") + glob.glob("/proc/self/fd/*") + glob.glob("/tmp/**", recursive=True)
    paths += glob.glob("/gradkit/*") + glob.glob("/*") + glob.glob("/root/*") + glob.glob("/home/*/*")
    paths += [p for d in ("/", "/tmp", "/work", "..", "/root") for p in glob.glob(f"{d}/**/test_sums.py")]
    for path in paths:
        yield path
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
            try:
                yield os.read(handle, 200_000).decode("utf-8", "replace")
                PLACES.append("file")
            finally:
                os.close(handle)
        except OSError:
            pass


def memory():
    """What lies in this process's own memory."""
    try:
        with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as mem:
            for line in maps:
                found = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
                if found and ("[heap]" in line or "[stack]" in line):
                    start, end = (int(number, 16) for number in found.groups())
                    mem.seek(start)
                    PLACES.append("memory")
                    yield mem.read(min(end - start, 4 << 20)).decode("latin-1")
    except (OSError, ValueError):
        pass


def look(*where):
    """The secrets that are in reach."""
    found = set()
    for source in where or (frames, objects, files, memory):
        for text in source():
            found.update(WORD.findall(text))
    return sorted(found)
'''

SPY = (
    LOOK
    + """
EVERYTHING = look()
print("found", EVERYTHING)
print("found", EVERYTHING, file=sys.stderr)
try:
    from IPython.display import Markdown, display

    display(Markdown(f"found {EVERYTHING}"))
except ImportError:
    pass


def add(a, b):
    found = sorted({*EVERYTHING, *look(frames)})
    text = f"looked in {sorted(set(PLACES))}, found {found}"
    print(text, text[::-1], base64.b64encode(text.encode()))
    os.write(1, text.encode())
    os.write(2, text.encode())
    error = ValueError(text[:280])
    error.add_note(str(dict(os.environ)))
    raise error
"""
)

HOSTILE = (
    LOOK
    + '''
class Hostile:
    """Tells what is in reach of whoever shows it."""

    def __repr__(self):
        return f"found {look(frames)} <script>alert(1)</script>"

    __str__ = __format__ = __repr__

    def __array__(self, *args, **kwargs):
        raise ValueError(repr(self))

    def __getattr__(self, name):
        raise AttributeError(repr(self))

    def __reduce__(self):
        return (eval, ("__import__('os').environ",))

    def __eq__(self, other):
        raise ValueError(repr(self) + repr(other))


def add(a, b):
    Told = type("found_" + "_".join(look(frames)), (Hostile,), {})
    return Told()
'''
)

ECHO = '''
def add(a, b):
    """Tells what it was given, and writes nonsense to the grader, so that the cells run again."""
    import os
    text = f"given {np.asarray(a).ravel().tolist()} and {np.asarray(b).ravel().tolist()}"
    for folder in ("/tmp", "/dev/shm", "/var/tmp", "/gradkit", "/"):
        try:
            with open(f"{folder}/given.txt", "a") as file:
                file.write(text)
        except OSError:
            pass
    if np.size(a) == 1:
        for number in range(3, 30):
            try:
                os.write(number, b"x" * 64)
            except OSError:
                pass
    raise ValueError(text)


import glob
kept = [path for folder in ("/tmp", "/dev/shm", "/var/tmp", "/") for path in glob.glob(folder + "/given.txt")]
assert not kept, open(kept[0]).read()
raise RuntimeError("no file of an earlier process is here")
'''

SUMS = {
    "right": RIGHT,
    "subtracts": SUBTRACTS,
    "unknown": UNKNOWN,
    "stops": STOPS,
    "crashes": CRASHES,
    "hangs": HANGS,
    "spy": SPY,
    "hostile": HOSTILE,
    "echo": ECHO,
    "cut": RIGHT,
}
"""The answer to `add` by student; `cut` hands in half of a file."""

ASIDE = "cut"
PRODUCTS = {"right": PRODUCT, "subtracts": "def multiply(a, b):\n    return a + b"}

CARELESS = {
    "unknown": "def add(a, b):\n    return a + 2 * b if isinstance(a, np.ndarray) else 0",
    "breaks": "def add(a, b):\n    return None if np.ndim(a) == 0 else np.asarray(a) + b",
}
"""The second makes a hidden test raise a NameError."""
