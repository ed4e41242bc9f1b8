"""What the last answer of a conversation was drawn from, which a follow-up stays in."""

from dataclasses import dataclass, replace

from ...vectorstore.markup import plain
from ...vectorstore.passage import Filters, Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The passages that the last answer was drawn from, best first, and the words it quoted, white space folded."""

    hits: tuple[Hit, ...] = ()
    quoted: tuple[str, ...] = ()

    @property
    def documents(self) -> tuple[str, ...]:
        """The ids of their records, each once."""
        return tuple(dict.fromkeys(hit.document.id for hit in self.hits))

    @property
    def names(self) -> tuple[str, ...]:
        """What these records are called, each once."""
        return tuple(dict.fromkeys(hit.document.name for hit in self.hits))

    def within(self, filters: Filters | None) -> Filters:
        """What a search is confined to that stays in the thread; records chosen by hand are kept to."""
        filters = filters or Filters()
        return filters if filters.document else replace(filters, document=self.documents)

    def has_said(self, text: str) -> bool:
        """Whether the last answer quoted these words."""
        said = even(text)
        return any(said in quoted for quoted in self.quoted)


def even(text: str) -> str:
    """A text as an answer shows it, white space folded."""
    return " ".join(plain(text).split())
