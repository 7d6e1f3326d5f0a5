"""Text in, its words and signs as one line out, so that the same code in another layout reads the same."""

import re

_WORDS = re.compile(r"\w+|[^\w\s\\]")
_CODE = re.compile(
    r"""(?P<string>(?P<prefix>[rRbBuUfF]{0,2})(?:\"{3}(?P<a>.*?)\"{3}|'{3}(?P<b>.*?)'{3}"""
    r"""|\"(?P<c>(?:\\.|[^\"\\\n])*)\"|'(?P<d>(?:\\.|[^'\\\n])*)'))"""
    r"""|(?P<comment>\#[^\n]*)|(?P<word>\w+)|(?P<sign>[^\w\s\\])""",
    re.DOTALL,
)


def lex_code(source: str) -> str:
    """Words and signs of Python code, without comments; quotes of either kind are the same."""
    tokens: list[str] = []
    for found in _CODE.finditer(source):
        if found["string"] is not None:
            inner = next(text for text in (found["a"], found["b"], found["c"], found["d"]) if text is not None)
            tokens += [*([found["prefix"]] if found["prefix"] else []), '"', *_WORDS.findall(inner), '"']
        elif found["comment"] is None:
            tokens.append(found[0])
    return " ".join(tokens)


def lex_text(text: str) -> str:
    """Words and signs of any text; quotes of either kind are the same, three are one."""
    return " ".join(_WORDS.findall(re.sub(r"'''|\"\"\"|'", '"', text)))


def size(stream: str) -> int:
    """How many words and signs a lexed stream has."""
    return stream.count(" ") + 1 if stream else 0
