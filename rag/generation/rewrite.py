"""A follow-up made to stand alone by a language model; what it writes is used only where it can be a question asked.

The model is asked, the program decides: names and numbers must come from the conversation, and what the question says
must still be in it. Else the rule that needs no model is used.
"""

import re
from collections.abc import Sequence

from ...vectorstore.errors import ModelError
from ...vectorstore.store import Store
from ..answer import Turn
from ..query.question import content_words
from ..verification.ground import without_links
from ..verification.numbers import quantities
from ..verification.planted import ORDERS
from .llm import Service, Tally
from .parse_reply import visible

TURNS_SHOWN = 4
SHOWN_CHARS = 300
MAX_REWRITTEN_CHARS = 400
KEPT_SHARE = 0.5
KNOWN_SHARE = 0.7
_LEAD = re.compile(
    r"^[\s\"“'*_>-]*(?:(?:the |rewritten |standalone |last )*question(?: that stands alone)?[:*\s]+)?", re.IGNORECASE
)
_NAME = re.compile(r"\b[A-ZÀ-Þ][\w’'-]+")


def rewritten(service: Service, store: Store, question: str, history: Sequence[Turn], tally: Tally) -> str | None:
    """A question that stands alone, as the model writes it; None where it fails or writes something else."""
    said = "\n".join(
        f"Question: {_short(turn.question)}\nAnswer: {_short(turn.answer)}" for turn in history[-TURNS_SHOWN:]
    )
    asked = service.prompts.text("rewrite_prompt").replace("{conversation}", said.replace("{", "("))
    try:
        reply = service.ask(asked.replace("{question}", " ".join(question.split())).rstrip(), tally)
    except ModelError:
        return None
    lines = [line for line in visible(reply).splitlines() if line.strip()]
    if not lines:
        return None
    text = " ".join(without_links(_LEAD.sub("", lines[0])).split()).strip("\"“”'*_` ")
    return text if _is_question_asked(store, text, question, said) else None


def _is_question_asked(store: Store, text: str, question: str, said: str) -> bool:
    """Whether a text may stand for the question: short, of the conversation's words, names and numbers."""
    if not 3 <= len(text) <= max(MAX_REWRITTEN_CHARS, 2 * len(question)) or ORDERS.search(text):
        return False
    if text.count("?") > question.count("?") + 1:  # a model that goes round in circles
        return False
    known = f"{question}\n{said}"
    held = {quantity.value for quantity in quantities(known, loosely=True)}
    if any(quantity.value not in held for quantity in quantities(text)):
        return False
    folded = known.casefold()
    names = [match[0].rstrip("'’s") for match in _NAME.finditer(text) if text[: match.start()].strip()]
    if any(name.casefold() not in folded for name in names):
        return False
    words, mine = set(store.lexical.words(text)), set(content_words(store, question))
    if not words:
        return False
    from_question = not mine or len(words & mine) >= KEPT_SHARE * len(mine)
    return from_question and len(words & set(store.lexical.words(known))) >= KNOWN_SHARE * len(words)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SHOWN_CHARS else text[:SHOWN_CHARS] + " …"
