"""Every sentence of the records on a subject, record by record: for lists that must be whole.

A sentence is on the subject where most of what is asked for, word for word by its weight, stands in it or in the
headings and the speaker over it, and something of it in the sentence itself.
"""

from collections.abc import Mapping

from ...vectorstore.passage import Filters, Hit
from ...vectorstore.store import Store
from ..answering.candidates import asking_stems, inverse_frequency, quotables
from ..answering.quoted import Quoted
from ..query.parse import Query

ON_SUBJECT = 0.6
PASSAGES = 2000
MAX_SENTENCES = 1000


def everything(store: Store, query: Query, filters: Filters | None = None) -> Quoted | None:
    """What every sentence on the question's subject says, grouped by records, those with most of it first; None where
    there is none."""
    weights = _subject(store, query)
    if not weights:
        return None
    within = store.select(filters) if filters else None
    by_record: dict[str, list[Hit]] = {}
    for hit in store.hits(store.by_words(weights, PASSAGES, within=within)):
        by_record.setdefault(hit.document.id, []).append(hit)
    told = {key: _on_subject(store, hits, weights) for key, hits in by_record.items()}
    quoted = Quoted()
    for key in sorted(told, key=lambda key: -len(told[key])):
        document = by_record[key][0].document
        for place, (start, end) in enumerate(told[key]):
            if len(quoted.citations) < MAX_SENTENCES:
                quoted.add(store, document, start, end, "" if place else document.name)
    if not quoted.citations:
        return None
    total, records = sum(map(len, told.values())), sum(map(bool, told.values()))
    shown = len(quoted.citations)
    code = "everything" if shown == total else "everything.first"
    quoted.remark(code, sentences=total, in_records=records, shown=shown)
    return quoted


def _subject(store: Store, query: Query) -> dict[str, float]:
    """The stems asked about, each by its weight."""
    idf, asking = inverse_frequency(store), asking_stems(store)
    return {stem: idf(stem) for stem in query.words if stem not in asking}


def _on_subject(store: Store, hits: list[Hit], weights: Mapping[str, float]) -> list[tuple[int, int]]:
    """Where sentences on the subject stand in the passages of one record, in its order."""
    total = sum(weights.values())
    found: list[tuple[int, int]] = []
    for each in quotables(store, sorted(hits, key=lambda hit: hit.passage.start)):
        own = each.words & weights.keys()
        over = set(store.lexical.words(each.hit.passage.context)) & weights.keys() if own else set[str]()
        if own and sum(weights[stem] for stem in own | over) >= ON_SUBJECT * total:
            found.append((each.start, each.end))
    return found
