"""Check a draft: every quotation and whatever else it takes from records, held against them; nothing is mended.

library.check(Path("speech.docx"))
"""

from collections import Counter
from collections.abc import Mapping

from ....ingest.parse import Limits
from ....vectorstore.names import fold
from ....vectorstore.store import Store
from .draft import Draft, read_draft
from .figures import claims_of_figures, paragraphs, symbol
from .quoting import Located, locate, quotation
from .verdicts import Checked, Finding
from .voting import claims_of_votes


def check(store: Store, source: str, data: bytes, limits: Limits | None = None) -> Checked:
    """What a draft claims of the records, claim by claim, in its order. Raises UnreadableFile."""
    store.refresh()
    draft = read_draft(store, source, data, limits or Limits())
    located = [locate(draft, start, end) for start, end in draft.quotations]
    draft.taken_for |= _taken_for(draft, located)
    draft.quoted |= {each.start: each.documents for each in located if each.places}
    findings = [*(quotation(draft, each) for each in located), *(symbol(draft, mention) for mention in draft.mentions)]
    for span in draft.sentences:
        quoted = [each for each in findings if each.kind == "quotation" and span[0] <= each.start < span[1]]
        findings += paragraphs(draft, span, quoted)
        votes = list(claims_of_votes(draft, span))
        findings += [*votes, *claims_of_figures(draft, span, [_place(vote) for vote in votes])]
    return Checked(source=source, text=draft.text, findings=tuple(sorted(findings, key=_place)))


def _place(finding: Finding) -> tuple[int, int]:
    return finding.start, finding.end


def _taken_for(draft: Draft, located: list[Located]) -> dict[str, str]:
    """The record that each unknown symbol is taken for: the one that holds most of what is quoted from it."""
    held: dict[str, Counter[str]] = {}
    for each in located:
        for mention in draft.speaks_of(each.start):
            if mention.document is None:
                held.setdefault(fold(mention.symbol), Counter()).update(each.documents)
    taken = {symbol: document for symbol, counts in held.items() if (document := _most(draft, symbol, counts))}
    return _of_their_year(draft, taken) | taken


def _of_their_year(draft: Draft, taken: Mapping[str, str]) -> dict[str, str]:
    """The record that an unknown symbol is taken for by the year beside it: the one of the series spoken of before."""
    found: dict[str, str] = {}
    before: str | None = None
    for mention in draft.mentions:
        symbol = fold(mention.symbol)
        year = draft.year_in(*draft.sentence_at(mention.start), None) if before and not mention.document else None
        if before and year and (document := draft.of_year(before, year)):
            found[symbol] = document
        before = mention.document or taken.get(symbol) or before
    return found


def _most(draft: Draft, symbol: str, counts: Counter[str]) -> str | None:
    """The record of most quotations; of several the one whose symbol is most like the unknown one, else the newest."""
    most = max(counts.values(), default=0)

    def likely(document: str) -> tuple[int, str, str]:
        listing = draft.listings[document]
        return draft.alike(symbol, document), listing.date or "", listing.symbol or ""

    return max((document for document, count in counts.items() if count == most), key=likely, default=None)
