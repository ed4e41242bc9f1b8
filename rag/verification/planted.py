"""What somebody may have put into a record to mislead whoever is answered with it: orders, and whom to turn to."""

import re
from collections.abc import Iterable, Iterator

from ..answer import Citation, Remark, remark
from ..prompts import CHAT_MARKS
from ..query.kinds import asks_for_contact

ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|prompts?|rules|above|previous)\b"
    r"|\b(?:ignor|oubli|olvid|vergiss|vergess|missacht|игнориру|забуд)\w*\b.{0,40}\b"
    r"(?:consigne|instruction|instruccion|anweisung|инструкци|указани)\w*|(?:忽略|无视).{0,20}(?:指令|指示)"
    r"|(?:تجاهل|انس).{0,20}(?:تعليمات|التعليمات)"
    r"|\byou are (?:now )?(?:an? )?(?:ai|assistant|language model|chatbot)\b|\bsystem prompt\b"
    r"|\bcite\b[^.]{0,20}\[\d{1,3}\]",
    re.IGNORECASE,
)
# Mail addresses, and telephone numbers as they are dialled from abroad.
_CONTACT = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}|(?<![\w+])(?:\+|00)[1-9][\d ().-]{6,18}\d(?!\w)"
)


def marked(question: str, citations: Iterable[Citation]) -> Iterator[Remark]:
    """Remarks on an answer whose quotes give orders to a language model, or tell unasked whom to turn to."""
    quotes = [citation.quote for citation in citations]
    if any(ORDERS.search(quote) or CHAT_MARKS.search(quote) for quote in quotes):
        yield remark("orders_quoted")
    if not asks_for_contact(question) and any(map(_CONTACT.search, quotes)):
        yield remark("contact_quoted")
