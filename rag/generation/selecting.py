"""A language model selects among numbered sentences of the records: it writes numbers, and nothing else is read of it.

the program's own choice and what comes next in its order -> numbered, as many as fit -> the model's numbers -> quotes
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...vectorstore.markup import plain
from ...vectorstore.passage import shortened
from ...vectorstore.store import Store
from ..answering.candidates import Quotable
from ..answering.select import MAX_LISTED, MAX_QUOTES, Chosen, picked
from ..events import Note
from ..prompts import PACKAGED, Prompt, Prompts
from ..query.parse import Query
from .capacity import BYTES_A_TOKEN
from .evidence import inert, record_line
from .llm import Service, Tally
from .parse_reply import without_thoughts

MAX_CANDIDATES = 12
MAX_SENTENCE_CHARS = 240
MAX_REPLY_CHARS = 2_000
# A reply with more letters than "numbers" and "sentences" is prose, of which only numbers in brackets are read.
_TERSE_LETTERS = 40
_LIST = re.compile(r"\[\s*+((?:\d{1,2}(?:\s*+,\s*+\d{1,2})*+)?+)\s*+\]")
_NUMBER = re.compile(r"(?<![\w.,-])\d{1,2}(?![\w%]|[.,]\d)")
_NONE = re.compile(r"\A\W*+(?:none|no sentence|not in the documents)\b", re.IGNORECASE)


def selected(
    service: Service, store: Store, query: Query, chosen: Chosen, *, limit: int | None, tally: Tally
) -> tuple[Chosen, list[Note]]:
    """The sentences the model selects of those that may answer, as they are quoted; none where it says that none does.

    Where its reply holds no number of a sentence, the program's choice stays, and a note says so. A small model only
    says what goes with the program's best sentence: of six questions, Qwen2.5-Coder-1.5B passed it over in three that
    it answered, see docs/models.md. Of lists and comparisons it is not asked, nor where the program chooses one
    sentence alone: there it only added what is no answer. Raises ModelError.
    """
    small = service.capacity().is_small
    candidates = candidates_of(chosen, service.capacity().evidence_tokens)
    if not candidates or (small and (query.wants_list or query.compared or len(chosen.picked) == 1)):
        return chosen, []
    most = limit or (MAX_LISTED if query.wants_list or query.compared else MAX_QUOTES)
    reply = ""
    asked = ask_to_select(query.text, candidates, service.prompts)
    for piece in service.shaped(asked, _shape(len(candidates), most), tally):
        reply += piece
        if len(reply) > MAX_REPLY_CHARS:
            break
    numbers = numbers_in(reply, len(candidates))
    if numbers is None:
        return chosen, [Note(f"The model {service.name} named no sentence; these are chosen without it.")]
    numbers = list(dict.fromkeys([1, *numbers])) if small else numbers
    return picked(store, query, chosen, [candidates[number - 1] for number in numbers[:most]]), []


def candidates_of(chosen: Chosen, budget_tokens: int) -> list[Quotable]:
    """The sentences a model may select from: the program's choice, then those next in its order, as many as fit."""
    found: list[Quotable] = []
    left = budget_tokens * BYTES_A_TOKEN
    records = set[str]()
    for each in (*chosen.picked, *chosen.ranked):
        if any(each.covers(other) or other.covers(each) for other in found):
            continue
        new = each.hit.document.id not in records
        left -= len(f"[00] {_line(each)}\n{record_line(each.hit.document) if new else ''}".encode())
        if len(found) == MAX_CANDIDATES or (found and left < 0):
            break
        records.add(each.hit.document.id)
        found.append(each)
    return found


def ask_to_select(question: str, candidates: Sequence[Quotable], prompts: Prompts = PACKAGED) -> Prompt:
    """The prompt: the sentences by record, the strongest last and with the lowest numbers, then the question."""
    return prompts.filled("select_prompt", sentences="\n".join(_lines(candidates)), question=question)


def _lines(candidates: Sequence[Quotable]) -> Iterator[str]:
    records: dict[str, list[tuple[int, Quotable]]] = {}
    for number, each in enumerate(candidates, start=1):
        records.setdefault(each.hit.document.id, []).append((number, each))
    for numbered in reversed(records.values()):
        yield record_line(numbered[0][1].hit.document)
        for number, each in reversed(numbered):
            yield f"[{number}] {_line(each)}"


def _line(each: Quotable) -> str:
    """A sentence as it is shown: where it stands, what it decides on, its words."""
    said = inert(shortened(" ".join(plain(each.text).split()), MAX_SENTENCE_CHARS))
    place = inert(str(each.hit.passage.locator))
    about = f"on {inert(each.lead)}: " if each.lead else ""
    return f"({place}) {about}{said}" if place else f"{about}{said}"


def numbers_in(reply: str, most: int) -> list[int] | None:
    """The numbers of sentences in a reply, in its order; empty where it says that there are none, None where it says
    neither."""
    shown = without_thoughts(reply).strip()
    lists = [found for match in _LIST.findall(shown) for found in match.split(",")]
    if not lists and sum(map(str.isalpha, shown)) <= _TERSE_LETTERS:
        lists = _NUMBER.findall(shown)
    numbers = [int(found) for found in lists if found.strip()]
    valid = list(dict.fromkeys(number for number in numbers if 1 <= number <= most))
    says_none = not numbers and bool(_LIST.search(shown) or _NONE.match(shown))
    return valid if valid or says_none else None


def _shape(candidates: int, most: int) -> Mapping[str, Any]:
    """The JSON schema of a reply."""
    number = {"type": "integer", "minimum": 1, "maximum": candidates}
    return {
        "type": "object",
        "properties": {"numbers": {"type": "array", "items": number, "maxItems": most}},
        "required": ["numbers"],
        "additionalProperties": False,
    }
