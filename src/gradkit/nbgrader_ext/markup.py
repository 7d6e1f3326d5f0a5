"""A page of HTML in; out what nbconvert writes of it, which is what BeautifulSoup makes of it, without a tree of the page.

nbconvert parses each page into a tree, gives pictures an alternative text and writes the tree out, which takes longer than
all else. Most of a page is plain: elements that close in their order, known entities. Such text is written as BeautifulSoup
would, tag by tag, and cells that many students share only once. Whatever is not plain goes through BeautifulSoup itself.
"""

import re
from functools import lru_cache
from itertools import pairwise

from bs4 import BeautifulSoup, Tag

NO_ALT = "No description has been provided for this image"
FOCUSABLE = "jp-Notebook"
"""A class of JupyterLab's template, below which nbconvert changes other elements too."""

MAX_KEPT = 32_000
"""Characters of a cell; what is longer is written anew each time."""

MAX_DEPTH = 200
"""Elements in one another; a deeper page is looked at by BeautifulSoup, whose time does not grow with the depth."""

_SPACES = " \n\t\f\r"
_ENTITIES = {
    "&amp;": "&amp;",
    "&lt;": "&lt;",
    "&gt;": "&gt;",
    "&quot;": '"',
    "&#34;": '"',
    "&#39;": "'",
    "&#x27;": "'",
    "&nbsp;": "\N{NO-BREAK SPACE}",
    "&#182;": "\N{PILCROW SIGN}",
}
_ORDINARY = frozenset(
    re.findall(
        r"\w+",
        "a abbr article aside b big blockquote body br button caption center circle cite code col colgroup dd defs del "
        "desc details dfn div dl dt ellipse em figcaption figure font footer g h1 h2 h3 h4 h5 h6 head header hr html i "
        "img input ins kbd label li line main mark nav ol p path polygon polyline pre q rect s samp section small span "
        "strike strong sub summary sup svg table tbody td text tfoot th thead time title tr tspan tt u ul var wbr",
    )
)
"""Elements whose content is parsed as HTML by every version of Python's parser."""
_EMPTY = frozenset(("br", "col", "hr", "img", "input", "wbr"))
"""Those of them that have no end tag."""

_ATTRIBUTE = r"""[ \n\t]++[a-zA-Z_:][\w:.-]*+(?:[ \n\t]*+=[ \n\t]*+(?:"[^"<>]*+"|'[^'<>]*+'|[^ \n\t\f\r"'=<>`/]++))?+"""
_TOKEN = re.compile(
    rf"(?P<text>[^<]++)|(?P<end></[a-z][a-z0-9]*+>)|(?P<start><[a-zA-Z][a-zA-Z0-9]*+(?:{_ATTRIBUTE})*+[ \n\t]*+/?+>)"
    r"|(?P<comment><!--[^<>-]*+-->)",
    re.ASCII,
)
_PAIR = re.compile(r"""([a-z][a-z0-9-]*+)=("[^"]*+")""")
_PLAIN_START = re.compile(
    r"""<([a-z][a-z0-9]*+)((?: [a-z][a-z0-9-]*+="(?:[^"<>&\s]++ ?(?!"))*+[^"<>&\s]*+")*+) ?(/?)>"""
)
"""What needs no tree: its attributes are written in alphabetical order, and as they are."""
_REFERENCE = re.compile(r"&(?:#?[a-zA-Z0-9]++;)?+")
_PLAIN = r"(?:[^<>&]++|&(?:amp|lt|gt|quot|#39);)"
_HIGHLIGHTED = re.compile(rf'(?:{_PLAIN}++|<span(?: class="[a-z0-9]++")?+>{_PLAIN}*+</span>)++')
"""What pygments makes of code, between <pre> and </pre>; written as it is but for quotation marks."""
_CELL = re.compile(r'<div (?:id="[^"<>]*+" )?class="cell ')
_HEAD_END = "</head>"
_SENTINEL = "<!--x--><p>y</p>"


class _NotPlainError(Exception):
    """The text has something that only BeautifulSoup can tell the meaning of."""


def as_written_by_nbconvert(html: str) -> str:
    """The same characters that nbconvert's HTMLExporter makes of a rendered template."""
    written = written_plainly(html)
    return written_by_a_tree(html) if written is None else written


def written_plainly(html: str) -> str | None:
    """The same, cell by cell; None where only a tree of the whole page can tell."""
    written = written_in_two(html)
    return None if written is None else "".join(written)


def written_in_two(html: str) -> tuple[str, str] | None:
    """The same: up to the end of the page's head, which all pages of a notebook have in common, and what comes then."""
    if FOCUSABLE in html:
        return None
    head, end, body = html.partition(_HEAD_END)
    try:
        return _head(head + end), _body(body)
    except _NotPlainError:
        return None


def cut(body: str) -> list[str]:
    """What comes after a page's head in pieces, each from the beginning of a cell to that of the next; the first is what comes
    before all cells.
    """
    cuts = [0, *(found.start() for found in _CELL.finditer(body)), len(body)]
    return [body[start:end] for start, end in pairwise(cuts)]


def is_whole(piece: str) -> bool:
    """Whether a written piece closes all that it opens, and ends between two cells."""
    stack: list[str] = []
    try:
        _write(piece, stack)
    except _NotPlainError:
        return False
    return not stack and piece.endswith("\n")


def written_by_a_tree(html: str) -> str:
    """What HTMLExporter.from_notebook_node of nbconvert 7.17 does after rendering. It asks by CSS selectors, which are compiled
    for a tenth of a second first.
    """
    soup = BeautifulSoup(html, features="html.parser")
    for picture in soup.find_all("img"):
        if "alt" not in picture.attrs:
            picture.attrs["alt"] = NO_ALT
    for notebook in soup.find_all(class_=FOCUSABLE):
        for element in notebook.find_all("div", class_=["jp-Cell-inputWrapper", "jp-OutputArea-output"]):
            element.attrs["tabindex"] = "0"
    return str(soup)


@lru_cache(maxsize=16)
def _head(head: str) -> str:
    """Everything up to the end of the head, scripts and styles: a course has one for each notebook."""
    written = written_by_a_tree(head + _SENTINEL)
    after = f"{_HEAD_END}{_SENTINEL}</html>"
    if not written.endswith(after):
        raise _NotPlainError
    return written.removesuffix(after) + _HEAD_END


def _body(body: str) -> str:
    """Everything after the head, cell by cell."""
    stack = ["html"]
    written: list[str] = []
    for part in cut(body):
        kept = _cell(part) if len(part) <= MAX_KEPT and "pre" not in stack else None
        written.append(_write(part, stack) if kept is None else kept)
    if stack:
        raise _NotPlainError
    return "".join(written)


@lru_cache(maxsize=128)
def _cell(html: str) -> str | None:
    """A piece that closes all it opens, which means the same wherever it stands; None for any other."""
    stack: list[str] = []
    try:
        written = _write(html, stack)
    except _NotPlainError:
        return None
    return None if stack else written


def _write(html: str, stack: list[str]) -> str:
    """What is written of a piece; `stack` has the elements that are open, innermost last, and is kept up to date."""
    written: list[str] = []
    place = 0
    while place < len(html):
        match = _TOKEN.match(html, place)
        if match is None or len(stack) > MAX_DEPTH:
            raise _NotPlainError
        place = match.end()
        token = match.group()
        match match.lastgroup:
            case "text":
                written.append(_text(token, stack))
            case "end":
                if not stack or stack.pop() != token[2:-1]:
                    raise _NotPlainError
                written.append(token)
            case "start":
                tag, name = _kept_start(token) if len(token) <= MAX_KEPT // 100 else _start(token)
                written.append(tag)
                if name:
                    stack.append(name)
                if name == "pre" and (code := _HIGHLIGHTED.match(html, place)):
                    written.append(code.group().replace("&quot;", '"').replace("&#39;", "'"))
                    place = code.end()
            case _:
                written.append(token)
    return "".join(written)


def _text(text: str, stack: list[str]) -> str:
    if not text.strip(_SPACES):
        if "pre" in stack:
            return text
        return "\n" if "\n" in text else " "
    if "&" in text:
        text = _REFERENCE.sub(_character, text)
    return text.replace(">", "&gt;")


def _character(reference: re.Match[str]) -> str:
    try:
        return _ENTITIES[reference.group()]
    except KeyError:
        raise _NotPlainError from None


def _start(token: str) -> tuple[str, str]:
    """A start tag as it is written, and the element's name when it stays open."""
    found = _PLAIN_START.fullmatch(token)
    if found is not None and found[1] in _ORDINARY and found[1] not in _EMPTY:
        name, attributes, closed = found.groups()
        pairs = sorted(_PAIR.findall(attributes))
        if len({key for key, _ in pairs}) == len(pairs):
            written = "".join([f"<{name}", *(f" {key}={value}" for key, value in pairs), ">"])
            return (f"{written}</{name}>", "") if closed else (written, name)
    soup = BeautifulSoup(token, features="html.parser")
    tag = soup.contents[0]
    if len(soup.contents) != 1 or not isinstance(tag, Tag) or tag.name not in _ORDINARY:
        raise _NotPlainError
    if tag.name == "img" and "alt" not in tag.attrs:
        tag.attrs["alt"] = NO_ALT
    written = str(soup)
    if tag.is_empty_element or token.endswith("/>"):
        return written, ""
    return written.removesuffix(f"</{tag.name}>"), tag.name


_kept_start = lru_cache(maxsize=2048)(_start)
