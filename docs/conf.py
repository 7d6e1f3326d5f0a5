"""Settings of the manual, which `make docs` builds with warnings as errors.

Neither building nor reading it needs a network: there are no references into other projects' manuals, the theme brings its
fonts and scripts, and formulas become MathML while the manual is built (`mathml`). Sphinx's MathJax would load a script from
elsewhere, and its pictures of formulas need LaTeX.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent / "src")]

from gradkit import __version__  # noqa: E402  # found by the line before

project = "gradkit"
author = "the authors of gradkit"
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "from_program", "mathml"]
exclude_patterns = ["_build", "_ext"]
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(?!gradkit).*")]  # other projects' names, which nothing here can look up

myst_enable_extensions = ["dollarmath", "deflist"]
smartquotes = False  # options keep their two hyphens
myst_heading_anchors = 4  # as Git hosts make them, so that one link works in both places

default_role = "code"  # one pair of backticks in docstrings, as in Markdown
autodoc_typehints = "none"  # docstrings tell shapes and dtypes, which types can't
autodoc_preserve_defaults = True
python_display_short_literal_types = True

html_theme = "furo"
html_title = f"gradkit {__version__}"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["manual.css"]
