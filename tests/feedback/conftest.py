"""A reader of HTML, and questions as a grading run leaves them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from gradkit.results import CheckResult, Diagnosis, QuestionResult, Share, Shares

AGAIN = 'import numpy as np\n\nif True:\n    x = np.ones((2, 3))\n    print(f(x) < 1, "&amp;")'


@dataclass
class Element:
    """An element with its attributes, and in `children` elements and text in their order."""

    tag: str
    attributes: dict[str, str]
    children: "list[Element | str]" = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, *tags: str) -> "list[Element]":
        """Every element below this one, with one of these tags if any is given, in the order of the page."""
        return [element for element in self._walk() if not tags or element.tag in tags]

    def one(self, tag: str) -> "Element":
        """The only element below this one with that tag."""
        (element,) = self.all(tag)
        return element

    def _walk(self) -> "Iterator[Element]":
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child._walk()


class Reader(HTMLParser):
    """Builds elements; refuses an end tag that closes another element than the innermost."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open = [Element("page", {})]
        self.feed(text)
        self.close()
        assert len(self.open) == 1, f"<{self.open[-1].tag}> is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        assert len({name for name, _ in attrs}) == len(attrs), f"<{tag}> has an attribute twice"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open and close an element."""
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element."""
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.open[-1].children.append(data)


@pytest.fixture
def read() -> Callable[[str], Element]:
    """Parse HTML into one element that holds all."""
    return lambda html: Reader(html).open[0]


@pytest.fixture
def failed() -> Callable[..., CheckResult]:
    """A check that was not passed, of two marks unless said otherwise."""

    def check(name: str = "a", **values: object) -> CheckResult:
        given = {"title": f"Title {name}", "status": "failed", "points": 0.0, "max_points": 2.0, **values}
        return CheckResult(id=name, **given)

    return check


@pytest.fixture
def shares() -> Shares:
    """Two cases."""
    return Shares("Share of units kept", (Share("p = 0.25", 0.5987, 0.25), Share("p = 0.9", 0.8159, 0.9)))


@pytest.fixture
def again() -> str:
    """Code of several lines, with characters that HTML could take for its own."""
    return AGAIN


@pytest.fixture
def question(failed: Callable[..., CheckResult], shares: Shares) -> QuestionResult:
    """A question with everything that can be said of one, each text of its own kind."""
    return QuestionResult(
        "layer_forward",
        1.5,
        5.0,
        (
            CheckResult("b", "Title b", "passed", 1.5, 1.5, "message of b", AGAIN),
            failed("a", message="message of a", again=AGAIN, picture=shares),
        ),
        (Diagnosis("bug", "the name", "Hint one.\n\nHint two.", "the evidence", shares),),
        "Wrong only when the stride is not 1",
    )
