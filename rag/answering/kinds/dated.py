"""Of what day a record is: "When was A/52/826 issued?", "When was resolution 77/41 adopted?"; from the line of the
record that says so."""

import re

from ....ingest.language.dates import dates
from ....vectorstore.passage import Document, Filters
from ....vectorstore.store import Store
from ...query import kinds
from ...query.parse import Query
from ..candidates import asking_stems
from ..quoted import Quoted
from ..records_found import called

FRONT_CHARS = 4_000
LONGEST_PARTICLE = 3
_LINE = re.compile(r"\S[^\n]*")


def dated(store: Store, query: Query, filters: Filters | None = None) -> Quoted | None:
    """The line near the beginning of the one record that a question names which gives the record's date, and says that
    it was adopted, or what was, where that is asked; None where it asks for something else, or no line there does."""
    named = query.references.documents
    if len(named) != 1 or not kinds.asks_when_issued(query.asked) or query.references.said_by:
        return None
    within = store.select(filters).documents if filters else None
    document = store.document(named[0]) if within is None or named[0] in within else None
    if document is None or _asks_more(store, query, document):
        return None
    adopted = kinds.says_adopted(query.asked)
    for line in _LINE.finditer(document.text, 0, FRONT_CHARS):
        if adopted and not (kinds.says_adopted(line[0]) or kinds.names_what_is_adopted(line[0])):
            continue
        if any(_is_of(document, day.year, day.month, day.day) for day in dates(line[0])[0]):
            quoted = Quoted()
            quoted.add(store, document, line.start(), line.start() + len(line[0].rstrip()))
            return quoted
    return None


def _asks_more(store: Store, query: Query, document: Document) -> bool:
    """Whether a question holds words beside the name of the record and those that ask for its date."""
    roles = ("issued", "result carried", "when", "interrogative", "records", "matters named", "adopted text")
    asking = (word for role in roles for word in kinds.words_of(role))
    spent = [*asking, *kinds.words_for_matters(), called(document)]
    languages = {None, query.language}
    known = {stem for word in spent for language in languages for stem in store.lexical.words(word, language)}
    told = {stem for stem in query.content_words if len(stem) > LONGEST_PARTICLE}
    return not told <= known | asking_stems(store)


def _is_of(document: Document, year: int | None, month: int, day: int | None) -> bool:
    return bool(year and day) and document.date == f"{year}-{month:02}-{day:02}"
