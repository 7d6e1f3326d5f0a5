"""Formulas of a page in, MathML out: browsers draw it themselves, without a script or a font from elsewhere."""

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.util import logging

_log = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the renderer `mathml` to pages in HTML."""
    app.add_html_math_renderer("mathml", inline_renderers=(_inline, None), block_renderers=(_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(translator: nodes.NodeVisitor, node: nodes.Element) -> None:
    _write(translator, node, as_block=False)


def _block(translator: nodes.NodeVisitor, node: nodes.Element) -> None:
    _write(translator, node, as_block=True)


def _write(translator: nodes.NodeVisitor, node: nodes.Element, *, as_block: bool) -> None:
    try:
        translator.body.append(tex2mathml(node.astext(), as_block=as_block))  # type: ignore[attr-defined]
    except MathError as error:
        _log.warning("a formula can't be drawn: %s", error, location=node)
    raise nodes.SkipNode
