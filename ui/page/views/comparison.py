"""Two texts compared, as HTML: what to compare a record with, what changed, and since when each wording stands."""

from collections.abc import Sequence

from markupsafe import Markup

from ....rag.tools.align import Paragraph
from ....rag.tools.compare import Comparison, Row
from ....vectorstore.passage import Document, Listing
from ..words import Words
from .template import html

_SIGNS = {"changed": "±", "new": "+", "dropped": "−", "moved": "↕"}


def chooser_html(document: Document, series: Sequence[Listing], versions: Sequence[Document], words: Words) -> Markup:
    """What a record can be compared with: others of its title, its versions in other languages, any other by its
    name."""
    same_title = [(one, one.date) for one in series]
    translated = [(one, words.language_name(one.language)) for one in versions]
    groups = [(words("compare.series"), same_title), (words("compare.versions"), translated)]
    told = [(name, found) for name, found in groups if found]
    return html("comparison", "chooser", document, told, bool(series), words)


def comparison_html(comparison: Comparison, words: Words) -> Markup:
    """What changed between two records, for the reading pane."""
    return html("comparison", "pane", comparison, _counts(comparison, words), _rows(comparison, words), words)


def comparison_file(comparison: Comparison, words: Words) -> Markup:
    """What changed between two texts, as a file that asks for nothing else."""
    return html("comparison", "file", comparison, _counts(comparison, words), _rows(comparison, words), words)


def standing_html(document: Document, since: Sequence[tuple[Paragraph, Listing]], words: Words) -> Markup:
    """Since when each paragraph of a record stands in those of its title."""
    return html("comparison", "standing", document, since, words)


def _counts(comparison: Comparison, words: Words) -> list[str]:
    """How many paragraphs became what; of what there is none, nothing is said."""
    return [words.counted(f"compare.{what}", count) for what, count in comparison.counts.items() if count]


def _rows(comparison: Comparison, words: Words) -> list[tuple[str, str, Row]]:
    """What changed, each with its sign and what it is called."""
    return [
        (
            "".join(_SIGNS[way] for way in ways),
            ", ".join(words(f"compare.way.{way}") for way in ways),
            row,
        )
        for row in comparison.changes
        for ways in [_ways(row)]
    ]


def _ways(row: Row) -> list[str]:
    return [*(["moved"] if row.moved else []), *([row.way] if row.way != "same" else [])]
