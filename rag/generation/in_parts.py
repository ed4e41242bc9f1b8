"""An overview that a language model writes part by part: of each part of a record the model is shown what tells most.

the parts that the program finds -> of each its quotes and what is central in it -> the model's sentence, verified ->
all of them in the record's order

A part is asked about by itself, so that a record of any length can be told of by a model that reads little. Where no
sentence on it holds, the record's own stand in its place; so they do for the parts left when the tokens are used up.
What is written stays, wherever it is stopped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ...vectorstore.markup import plain
from ...vectorstore.passage import Hit
from ...vectorstore.store import Store
from ..answer import Remark, remark
from ..answering.quoted import Point, Quoted, point_at
from ..events import Note, Progress, SentenceReady, StageObserver
from ..prompts import Prompt
from ..query.parse import Query
from ..verification.ground import Claim, Grounded
from .budget import CHARS_A_TOKEN
from .evidence import Shown, passage_lines, points_in
from .llm import Tally
from .writer import Numbering, Reply, Writer, Writing

PART_TOKENS = 500
"""How much of one part a model is shown, whatever its size."""
SENTENCES_A_PART = 2
MORE_SHOWN = 3
# What the model may write on a part, and its service counts beside what is shown: set by hand, above what was seen.
WRITTEN_TOKENS = 150


def written_in_parts(
    writer: Writer, store: Store, query: Query, quoted: Quoted, *, tally: Tally, observer: StageObserver
) -> Iterator[SentenceReady | Note | Remark]:
    """The sentences of an overview as the parts they tell of are done, each with how many of them are.

    `quoted` is the overview as the program quotes it; what is none of its parts (the title) stays quoted. Of a part the
    model writes at most `SENTENCES_A_PART` sentences. At most `writer.tokens_per_answer` tokens are read and written;
    remarks say for how many parts they did not do.

    Raises:
        ModelUnavailable: the service cannot be reached, takes too long or breaks off.
        ModelError: it does not accept the request.
    """
    parts = _Parts(writer=writer, store=store, query=query, quoted=quoted, tally=tally, observer=observer)
    yield from parts.sentences()
    yield from quoted.remarks


@dataclass(slots=True, kw_only=True)
class _Parts:
    """An overview being written, part by part; `left` counts those there were no tokens for."""

    writer: Writer
    store: Store
    query: Query
    quoted: Quoted
    tally: Tally
    observer: StageObserver
    numbering: Numbering = field(init=False)
    chars: int = 0
    left: int = 0
    kept_quoted: int = 0

    def __post_init__(self) -> None:
        self.numbering = Numbering(self.store)

    def sentences(self) -> Iterator[SentenceReady | Note | Remark]:
        """The title and whatever else is no part, quoted, and each part; at last what became of the parts."""
        points = [point for point in self.quoted.points if point.end > point.first]
        begins = {point.first: (done, point) for done, point in enumerate(points)}
        inside = {place for point in points for place in range(point.first, point.end)}
        done = 0
        for place in range(len(self.quoted.sentences)):
            if place in begins:
                done, point = begins[place]
                done += 1
                for event in self._told(point):
                    progress = Progress(done=done, of=len(points))
                    yield replace(event, progress=progress) if isinstance(event, SentenceReady) else event
            elif place not in inside:
                yield replace(self._as_quoted(place), progress=Progress(done=done, of=len(points)))
        if self.left:
            yield remark("parts_left", written=len(points) - self.left, of_all=len(points))
        if self.kept_quoted:
            yield remark("parts_quoted", quoted=self.kept_quoted, of_all=len(points))

    def _told(self, point: Point) -> Iterator[SentenceReady | Note]:
        """What the model writes of a part that holds; the record's own sentences where nothing does."""
        shown = self._shown(point)
        asked = self._asked(shown)
        if self._is_used_up(asked):
            self.left += 1
            yield from map(self._as_quoted, range(point.first, point.end))
            return
        held = [grounded for grounded in self._written(asked, shown) if grounded.evidence]
        if not held:
            self.kept_quoted += 1
            yield from map(self._as_quoted, range(point.first, point.end))
        for grounded in held:
            yield self.numbering.ready(grounded)

    def _written(self, asked: Prompt, shown: Sequence[Shown]) -> list[Grounded]:
        """The first sentences that the model writes of what it is shown, each verified."""
        writing = Writing(
            writer=self.writer, store=self.store, question=self.query.text, shown=shown, tally=self.tally,
            observer=self.observer,
        )  # fmt: skip
        found: list[Grounded] = []
        before = ""
        reply = Reply(asked=asked).claims(self.writer.service, self.tally)
        for claim in reply:
            if isinstance(claim, Note | Remark):
                continue
            self.chars += len(claim.text)
            found.append(writing.verified(_pointing(claim, shown), before))
            before = claim.text
            if len(found) == SENTENCES_A_PART:
                break
        return found

    def _shown(self, point: Point) -> list[Shown]:
        """The quotes of a part, and what else tells most of it, in the record's order, as much as fits."""
        quotes = [
            self._under(point_at(self.quoted.citations[number - 1]), point)
            for sentence in self.quoted.sentences[point.first : point.end]
            for number in sentence.citations
        ]
        more = [self._under(hit, point) for hit in point.more(MORE_SHOWN)]
        budget = min(PART_TOKENS, self.writer.service.capacity().evidence_tokens)
        fitting = points_in([*quotes, *more], budget) or [Shown(hit=quotes[0], text=plain(quotes[0].passage.text))]
        return sorted(fitting, key=lambda each: each.hit.passage.start)

    @staticmethod
    def _under(hit: Hit, point: Point) -> Hit:
        """A passage that says under which heading of its record it stands."""
        context = hit.passage.context or hit.document.title
        if not point.heading or point.heading in context or point.heading == hit.passage.locator.speaker:
            return hit
        return replace(hit, passage=replace(hit.passage, context=f"{context} | {point.heading}"))

    def _asked(self, shown: Sequence[Shown]) -> Prompt:
        passages = passage_lines(enumerate(shown, start=1))
        return self.writer.service.prompts.filled("part_prompt", passages=passages, question=self.query.text)

    def _is_used_up(self, asked: Prompt) -> bool:
        """Whether the tokens of this answer, or those of whoever asks, do not do for what is to be asked next."""
        before = self.chars
        self.chars += len(asked.system) + len(asked.asked)
        spent = max(self.tally.tokens, before // CHARS_A_TOKEN)
        needed = (len(asked.system) + len(asked.asked)) // CHARS_A_TOKEN + WRITTEN_TOKENS
        if self.left or spent + needed > self.writer.tokens_per_answer or self.writer.is_used_up:
            self.chars = before
            return True
        return False

    def _as_quoted(self, place: int) -> SentenceReady:
        """A sentence of the overview as the program quotes it, with the numbers its citations have here."""
        sentence = self.quoted.sentences[place]
        cited = [self.quoted.citations[number - 1] for number in sentence.citations]
        return self.numbering.quoted(sentence, cited)


def _pointing(claim: Claim, shown: Sequence[Shown]) -> Claim:
    """A sentence that points nowhere, of a model that was shown one passage, points at that."""
    return replace(claim, cited=(1,)) if len(shown) == 1 and not claim.cited else claim
