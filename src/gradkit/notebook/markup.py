"""Student's Markdown in, Markdown out that shows the same and can do nothing to the person who reads it."""

import re

_TAG = re.compile(r"<(?=[a-zA-Z/!?])")
_ACTIVE_TEX = re.compile(r"\\(href|mmlToken|require|style|cssId|class|unicode)(?![a-zA-Z])")
_ATTACHMENT = re.compile(r"attachment:", re.IGNORECASE)


def tame_markdown(source: str, attachments: frozenset[str] = frozenset()) -> str:
    """Raw HTML becomes text, TeX commands that act on the page their name, missing attachments their link.

    nbconvert passes HTML in Markdown through, and MathJax runs `\\href` and `\\require`; both would act in the
    formgrader with the rights of the person who marks. A space after `<` ends a tag and changes no formula. nbconvert
    refuses the whole page where an attachment is missing.
    """
    source = _TAG.sub("< ", source)
    source = _ACTIVE_TEX.sub(r"\\text{\1}", source)
    return _ATTACHMENT.sub(lambda found: _kept(found, source, attachments), source)


def _kept(found: re.Match[str], source: str, attachments: frozenset[str]) -> str:
    rest = source[found.end() : found.end() + 256]
    return (
        found[0]
        if any(rest.startswith((f"{name})", f"{name} ", f"{name}\n")) for name in attachments)
        else "attachment "
    )
