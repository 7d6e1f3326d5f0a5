"""Folders and a word in; every place where the word comes out, in whatever spelling a leak may have given it, out."""

import base64
import html
import json
import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

_SPACES = re.compile(rb"\\[nrt]|[\s\0]|=\r?\n")
_ENTITY = re.compile(rb"&#(x?[0-9a-fA-F]+);")


def spellings(text: str) -> Mapping[str, bytes]:
    """How a text may look in a file: plain, reversed, in other alphabets and encodings."""
    raw = text.encode()
    found = {
        "plain": raw,
        "upper case": text.upper().encode(),
        "reversed": text[::-1].encode(),
        "escaped for HTML": html.escape(text).encode(),
        "escaped for JSON": json.dumps(text)[1:-1].encode(),
        "escaped for an address": quote(text).encode(),
        "repr": repr(text)[1:-1].encode(),
        "repr of bytes": repr(raw)[2:-1].encode(),
        "hex": raw.hex().encode(),
        "hex, upper case": raw.hex().upper().encode(),
        "reversed, hex": raw[::-1].hex().encode(),
        "UTF-16": text.encode("utf-16-le"),
        "ordinals": ",".join(map(str, raw)).encode(),
    }
    for name, encoded in (("", raw), ("reversed, ", raw[::-1])):
        for offset in range(3):
            whole = base64.b64encode(b"\0" * offset + encoded)
            found[f"{name}base64 at {offset}"] = whole[(offset * 4 + 2) // 3 : len(whole) - 4]
    return found


def spellings_of_number(value: float) -> Mapping[str, bytes]:
    """How one expected element from 10 000 to 100 000 may look, to five digits and more, or as its eight bytes."""
    little, big = struct.pack("<d", value), struct.pack(">d", value)
    return {
        "six digits": f"{value:.6g}".encode(),
        "its digits": f"{int(value)}.".encode(),
        "its digits, scientific": f"{int(value) / 10_000:.4f}".encode(),
        "its digits, reversed": f".{int(value)}"[::-1].encode(),
        "hex": value.hex()[4:].partition("p")[0].encode(),
        **{f"bytes, {name}": raw for name, raw in (("little", little), ("big", big))},
        **{f"bytes in hex, {name}": raw.hex().encode() for name, raw in (("little", little), ("big", big))},
    }


def files_of(root: Path, *, without: Iterable[str] = ()) -> dict[str, bytes]:
    """The content of every file below `root` by its name, and its name in it; hidden ones too, no folder of `without`."""
    skipped = set(without)
    return {
        name: f"{name}\n".encode() + path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink()
        if (name := path.relative_to(root).as_posix()).split("/")[0] not in skipped
    }


def places_of(text: str, files: Mapping[str, bytes]) -> list[str]:
    """Every file that has the text, with the spelling and what stands around it."""
    return [place for name, content in files.items() for place in _places(name, content, spellings(text))]


def numbers_in(values: Iterable[float], content: bytes) -> set[float]:
    """Which of these numbers a file tells; a number that only ends like one of them is another."""
    read = _plain(content)
    return {
        value
        for value in values
        for how, form in spellings_of_number(value).items()
        for text in (content, read)
        if form in text and ("digits" not in how or re.search(rb"(?<![\d.])" + re.escape(form), text))
    }


def _plain(content: bytes) -> bytes:
    """The content without entities, line breaks and spaces, which a leak may have put into a word."""
    return _SPACES.sub(b"", _ENTITY.sub(_character, content))


def _character(found: "re.Match[bytes]") -> bytes:
    digits = found[1]
    code = int(digits[1:], 16) if digits[:1] == b"x" else int(digits) if digits.isdigit() else 0
    return chr(code).encode() if code < 0xD800 else b""


def _places(name: str, content: bytes, forms: Mapping[str, bytes]) -> Iterator[str]:
    for how, text in (("", content), ("without spaces, ", _plain(content))):
        for form, sought in forms.items():
            at = text.find(sought)
            if at >= 0:
                yield f"{name}, {how}{form}: {text[max(0, at - 120) : at + 160]!r}"
                break
