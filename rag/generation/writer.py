"""A language model writes the answer; it points at passages by number, and the program grounds what it wrote.

generate -> verify each sentence -> what fails is written again, once -> verify again -> supported, marked or left out
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from ...ingest.language.sentences import sentence_spans
from ...vectorstore.errors import ModelError
from ...vectorstore.passage import Hit
from ...vectorstore.store import Store
from ..answer import Citation, Refusal, Remark, Sentence, Turn, remark
from ..answering.abstain import NOT_ANSWERED
from ..answering.select import Chosen, citation_of
from ..events import Note, SentenceReady, StageObserver
from ..prompts import PACKAGED, Prompt, Prompts
from ..query.parse import Query
from ..verification.ground import Grounded, ground, support
from ..verification.judge import ChatJudge, Judge, judged_text, open_judge
from ..verification.planted import ORDERS
from .budget import TOKENS_PER_ANSWER, Budget
from .evidence import Shown, evidence, passage_lines, points_in
from .llm import Service, Tally, goes_round, open_service
from .parse_reply import Claim, claims, finished_claims, visible
from .rewrite import rewritten
from .selecting import selected

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

PASSAGES_SHOWN = 8
PASSAGES_LISTED = 16
MAX_SENTENCES = 30
MAX_REPEATED = 10
NEWS_SHARE = 0.01
"""A reply being written is read again once so much of it is new, so that a very long one is not read at every piece."""
NEAR_IN_REPAIR = 3
_NOTED_CHARS = 120
_ENDS = re.compile(r"[.!?…。\n|]")
_REFUSES = re.compile(r"\bnot in the documents\b", re.IGNORECASE)
_DROPS = re.compile(r"\A\W*+(?:drop(?:ped)?|none|n/a|not in the documents)\W*", re.IGNORECASE)
_NUMBERED = re.compile(r"^[ \t*_]*(?:sentence\s+)?(\d{1,2})[.):][*_ \t]+(.*)$", re.IGNORECASE | re.MULTILINE)
# Where a passage stands, as prompts tell it: "(Report | Section; Speaker, para. 4)".
_PLACE = re.compile(r"\A\(|[^|]\|[^|]|; (?:paras?|pp?)\.? ?\d")
_PLACE_ALONE = re.compile(r"\A\([^()|]{1,200} \| ")
_QUOTED = re.compile(r"[“\"«„][^“”\"«»„]*[”\"»“]?")


Way = Literal["auto", "select", "write"]


def open_writer(
    model: "str | BaseChatModel",
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    timeout_s: float = 120.0,
    judge: str | None = None,
    falls_back: bool = True,
    way: Way = "auto",
    tokens_per_answer: int = TOKENS_PER_ANSWER,
    prompts: Prompts = PACKAGED,
) -> "Writer":
    """Sets a chat model up, without calling it.

    Args:
        model: "provider:name", as LangChain's `init_chat_model` knows them, or a chat model.
        base_url: address of the service, where it is not the provider's own.
        api_key: key for it; else the provider's environment variable is used.
        timeout_s: how long to wait for an answer.
        judge: a further check of each sentence, see `open_judge`; None or "none" for none. A chat model as judge has
            the same address and key.
        falls_back: whether answers are quotes only while the service is silent; else that is an error.
        way: "write" has it write sentences, "select" select sentences of the records, "auto" select where it is known
            to be small.
        tokens_per_answer: how many it may read and write for one overview, which it writes part by part.
        prompts: what it is asked with.

    Raises:
        ModelError: the provider is unknown, its package missing, or the key; or the judge cannot be had.
    """
    second = None
    if judge and judge != "none":
        second = open_judge(judge, base_url=base_url, api_key=api_key, timeout_s=timeout_s, prompts=prompts)
    service = open_service(model, base_url=base_url, api_key=api_key, timeout_s=timeout_s, prompts=prompts)
    return Writer(
        service=service, judge=second, falls_back=falls_back, way=way, tokens_per_answer=tokens_per_answer
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """A chat model that writes answers from passages, and what checks them beside the program; `tokens_per_answer` is
    how much it may read and write for one overview."""

    service: Service
    judge: Judge | None = None
    falls_back: bool = True
    way: Way = "auto"
    tokens_per_answer: int = TOKENS_PER_ANSWER

    @property
    def selects(self) -> bool:
        """Whether the model selects sentences of the records instead of writing some."""
        return self.way == "select" or (self.way == "auto" and self.service.capacity().is_small)

    def select(
        self, store: Store, query: Query, chosen: Chosen, *, limit: int | None, tally: Tally
    ) -> tuple[Chosen, list[Note]]:
        """What the model selects of the sentences that may answer; raises as `write` does."""
        return selected(self.service, store, query, chosen, limit=limit, tally=tally)

    @property
    def name(self) -> str:
        """The model's name, as given."""
        return self.service.title or self.service.name

    def within(self, budget: Budget | None) -> "Writer":
        """The same, whose tokens, and its judge's, are counted and limited."""
        judge = self.judge
        if isinstance(judge, ChatJudge):
            judge = replace(judge, service=replace(judge.service, budget=budget))
        return replace(self, service=replace(self.service, budget=budget), judge=judge)

    @property
    def is_used_up(self) -> bool:
        """Whether whoever asks has no tokens left today."""
        return self.service.budget is not None and self.service.budget.is_used_up()

    def stand_alone(self, store: Store, question: str, history: Sequence[Turn], tally: Tally) -> str | None:
        """A follow-up as a question that stands alone; None where the model has no usable one."""
        return rewritten(self.service, store, question, history, tally)

    def write(
        self,
        store: Store,
        query: Query,
        hits: Sequence[Hit],
        *,
        limit: int | None,
        tally: Tally,
        observer: StageObserver,
        points: Sequence[Hit] = (),
    ) -> Iterator[SentenceReady | Note | Remark]:
        """Sentences as the model finishes them, each verified, and notes on what was found wrong; or a refusal.

        From the first sentence that fails on, they wait until it has been written again. For lists and comparisons, the
        model is shown more passages; `limit` says how many instead. Of an overview, `points` are the passages it is
        written from, in the order of the record.

        Raises:
            ModelUnavailable: the service cannot be reached, takes too long or breaks off.
            ModelError: it does not accept the request.
        """
        passages = [hit for hit in hits if hit.passage.kind not in ("heading", "noise")]
        usual = PASSAGES_LISTED if query.wants_list or query.compared else PASSAGES_SHOWN
        budget = self.service.capacity().evidence_tokens
        shown = points_in(points, budget) or evidence(store, query, passages, most=limit or usual, budget_tokens=budget)
        if not shown:
            yield NOT_ANSWERED
            return
        writing = Writing(writer=self, store=store, question=query.text, shown=shown, tally=tally, observer=observer)
        yield from writing.sentences()


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """One answer being written: what is asked, and the passages shown."""

    writer: Writer
    store: Store
    question: str
    shown: Sequence[Shown]
    tally: Tally
    observer: StageObserver

    def sentences(self) -> Iterator[SentenceReady | Note | Remark]:
        """The answer's sentences, each verified, and notes on them; those held back come written again."""
        reply = Reply(asked=ask_for(self.question, self.shown, self.writer.service.prompts))
        numbering = Numbering(self.store)
        held: list[Grounded] = []
        before, last_shown = "", ""
        for claim in reply.claims(self.writer.service, self.tally):
            if isinstance(claim, Note | Remark):
                yield claim
                continue
            grounded = self.verified(claim, before)
            before = claim.text
            if held or not grounded.evidence:
                held.append(grounded)
            else:
                last_shown = claim.text
                yield from _noted(grounded)
                yield numbering.ready(grounded)
        repaired = self._repaired(held, last_shown)
        yield from repaired.notes
        if not numbering.used and not any(grounded.evidence for grounded in repaired.sentences):
            for grounded in repaired.sentences:
                yield from _noted(grounded)
            yield NOT_ANSWERED if reply.refused or not held else Refusal("unfounded")
            return
        for grounded in repaired.sentences:
            yield from _noted(grounded)
            if grounded.evidence or not _must_not_be_shown(grounded):
                yield numbering.ready(grounded)

    def verified(self, claim: Claim, before: str) -> Grounded:
        """A claim grounded, as a stage of its own."""
        end = self.observer("verify", claim.text)
        grounded = self._grounded(claim, before)
        end(grounded)
        return grounded

    def _grounded(self, claim: Claim, before: str) -> Grounded:
        """A claim grounded by the program and, where that lets it pass, by the judge."""
        judge = self.writer.judge
        grounded = ground(self.store, claim, [each.hit for each in self.shown], before=before)
        if not grounded.evidence or judge is None:
            return grounded
        carrying = list({id(quotable.hit): quotable.hit for quotable in grounded.evidence}.values())
        try:
            verdict = judge.holds(judged_text(carrying), claim.text, self.tally)
        except ModelError as error:
            return replace(grounded, problems=(*grounded.problems, f"was not judged ({error})"))
        if verdict is None:
            return replace(grounded, problems=(*grounded.problems, f"was not judged: {judge.name} says neither"))
        if verdict:
            return grounded
        return replace(grounded, evidence=(), problems=(*grounded.problems, "does not follow, says the judge"))

    def _repaired(self, held: list[Grounded], before: str) -> "_Repaired":
        """The sentences held back, those that failed written again where the model can; asked once for all of them."""
        failed = [grounded for grounded in held if not grounded.evidence]
        if not failed:
            return _Repaired(sentences=held)
        try:
            service = self.writer.service
            asked = ask_again(self.store, self.question, failed, self.shown, service.prompts)
            reply = visible(service.ask(asked, self.tally))
        except ModelError as error:
            return _Repaired(sentences=held, notes=[Note(f"What failed could not be rewritten: {error}")])
        again = _written_again(reply, len(failed))
        repaired = _Repaired(sentences=[])
        for grounded in held:
            kept = [grounded]
            if not grounded.evidence:
                lines = again.get(failed.index(grounded), "")
                told = f"{_cited_in_note(grounded)} {'; '.join(grounded.problems)}"
                if _DROPS.fullmatch(lines):
                    repaired.notes.append(Note(f"{told}: left out"))
                    continue
                kept = self._grounded_again(lines, before)
                if kept:
                    repaired.notes.append(Note(f"{told}: written again"))
                kept = kept or [grounded]
            repaired.sentences.extend(kept)
            before = kept[-1].text
        return repaired

    def _grounded_again(self, lines: str, before: str) -> list[Grounded]:
        """The sentences of a second try that hold; none where one of them does not."""
        kept: list[Grounded] = []
        for claim in (claim for claim in claims(lines) if not _PLACE_ALONE.match(claim.text)):
            grounded = self._grounded(claim, before)
            if not grounded.evidence:
                return []
            kept.append(grounded)
            before = claim.text
        return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class _Repaired:
    """The sentences held back after a second try, and what became of those that failed."""

    sentences: list[Grounded]
    notes: list[Note] = field(default_factory=list[Note])


@dataclass(slots=True, kw_only=True)
class Reply:
    """A reply that is being read; `refused` once the model says that the documents do not answer."""

    asked: Prompt
    refused: bool = False

    def claims(self, service: Service, tally: Tally) -> Iterator[Claim | Note | Remark]:
        """The model's sentences, each as soon as the next has begun; none twice, and none of its instructions.

        What is left out is told, each kind once.
        """
        told = set[Note | Remark]()
        for claim in self._told_apart(service, tally):
            if isinstance(claim, Note | Remark):
                if claim in told:
                    continue
                told.add(claim)
            yield claim

    def _told_apart(self, service: Service, tally: Tally) -> Iterator[Claim | Note | Remark]:
        seen: set[str] = set()
        repeated = 0
        instructions = _sentences_folded(self.asked.system)
        places = _bare(" ".join(_folded(line) for line in self.asked.asked.splitlines() if line.startswith("[")))
        for claim in self._read(service, tally):
            if isinstance(claim, Note | Remark):
                yield claim
                continue
            folded = _folded(claim.text)
            if _REFUSES.search(claim.text):
                self.refused = True
            elif folded in instructions:
                yield remark("repeated_instructions")
            elif _PLACE_ALONE.match(claim.text) or (_PLACE.search(claim.text) and _bare(folded) in places):
                yield remark("repeated_places")
            elif folded in seen:
                yield remark("repeated_itself")
                repeated += 1
                if repeated == MAX_REPEATED:
                    return
            elif len(seen) == MAX_SENTENCES:
                yield remark("did_not_stop", sentences=MAX_SENTENCES)
                return
            else:
                seen.add(folded)
                yield claim

    def _read(self, service: Service, tally: Tally) -> Iterator[Claim | Note | Remark]:
        written, passed, may_have_ended, read = "", 0, False, 0
        for piece in service.stream(self.asked, tally):
            written += piece
            may_have_ended = may_have_ended or bool(_ENDS.search(piece))
            if may_have_ended and len(written) - read > read * NEWS_SHARE:
                read = len(written)
                ready = finished_claims(self._answer_in(written))
                yield from ready[passed:]
                may_have_ended = len(ready) <= passed
                passed = max(passed, len(ready))
        if len(written) >= service.most_chars or goes_round(written):
            yield remark("did_not_stop.characters", characters=len(written))
        yield from claims(visible(self._answer_in(written)))[passed:]

    def _answer_in(self, written: str) -> str:
        """What follows the prompt, where a model begins by repeating it."""
        if written.lstrip().startswith((self.asked.system[:60], self.asked.asked[:60])):
            return written.rpartition("\nAnswer:")[2] if "\nAnswer:" in written else ""
        return written


class Numbering:
    """Gives quotes their numbers, one number to each."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._numbers: dict[tuple[str, int, int], int] = {}

    @property
    def used(self) -> int:
        """How many numbers are given."""
        return len(self._numbers)

    def ready(self, grounded: Grounded) -> SentenceReady:
        """A grounded sentence as it is shown, with the citations that no sentence before had."""
        numbers: list[int] = []
        new: list[Citation] = []
        for quotable in grounded.evidence:
            place = (quotable.hit.document.id, quotable.start, quotable.end)
            if place not in self._numbers:
                self._numbers[place] = self.used + 1
                new.append(citation_of(self._store, quotable, self.used))
            numbers.append(self._numbers[place])
        sentence = Sentence(text=neutral(grounded.text), citations=tuple(numbers), supported=bool(numbers))
        return SentenceReady(sentence=sentence, citations=tuple(new))

    def quoted(self, sentence: Sentence, cited: Sequence[Citation]) -> SentenceReady:
        """A sentence that quotes, as it is shown; its citations are numbered as those of other sentences are."""
        places = [(each.document.id, each.start, each.end) for each in cited]
        new: list[Citation] = []
        for place, each in zip(places, cited, strict=True):
            if place not in self._numbers:
                self._numbers[place] = self.used + 1
                new.append(replace(each, number=self.used))
        numbers = tuple(self._numbers[place] for place in places)
        return SentenceReady(sentence=replace(sentence, citations=numbers), citations=tuple(new))


def ask_for(question: str, shown: Sequence[Shown], prompts: Prompts = PACKAGED) -> Prompt:
    """The prompt: the passages with their numbers and where they stand, and the question."""
    passages = passage_lines(enumerate(shown, start=1))
    return prompts.filled("answer_prompt", passages=passages, question=question)


def ask_again(
    store: Store, question: str, failed: Sequence[Grounded], shown: Sequence[Shown], prompts: Prompts = PACKAGED
) -> Prompt:
    """The prompt for a second try: what is wrong with each sentence, and the passages nearest to them."""
    near: set[int] = set()
    for grounded in failed:
        ranked = sorted(range(len(shown)), key=lambda place: (-support(store, grounded.text, shown[place].hit), -place))
        near.update(ranked[:NEAR_IN_REPAIR])
        near.update(int(number) - 1 for number in re.findall(r"\[(\d{1,2})\]", " ".join(grounded.problems)))
    passages = passage_lines((place + 1, shown[place]) for place in sorted(near) if 0 <= place < len(shown))
    faults = "\n".join(
        f"{number}. {neutral(grounded.text)} -> {'; '.join(grounded.problems)}"
        for number, grounded in enumerate(failed, start=1)
    )
    return prompts.filled("repair_prompt", passages=passages, faults=faults, question=question)


def neutral(text: str) -> str:
    """A sentence in which no bracketed number can be taken for one of our citations."""
    return re.sub(r"\[(\d+)\]", r"(note \1)", text)


def _written_again(reply: str, count: int) -> dict[int, str]:
    """The lines of a second try by the place of the sentence that each replaces; numbers may be missing."""
    found: dict[int, str] = {}
    for number, text in _NUMBERED.findall(reply):
        found.setdefault(int(number) - 1, text)
    if found:
        return found
    lines = [line for line in reply.splitlines() if line.strip()]
    if count == 1:
        return {0: reply}
    return dict(enumerate(lines)) if len(lines) == count else {}


def _noted(grounded: Grounded) -> list[Note]:
    return [Note(f"{_cited_in_note(grounded)} {problem}") for problem in grounded.problems]


def _cited_in_note(grounded: Grounded) -> str:
    """A sentence as a note names it: shortened, and without the words it claims to quote, if no record has them."""
    text = _QUOTED.sub("“…”", grounded.text) if grounded.misquotes else grounded.text
    text = text if len(text) <= _NOTED_CHARS else text[:_NOTED_CHARS].rsplit(" ", 1)[0] + " …"
    return f"“{neutral(text)}”"


def _must_not_be_shown(grounded: Grounded) -> bool:
    """Whether an unsupported sentence is left out instead of marked: a false quote, or an order taken from a record."""
    return grounded.misquotes or bool(ORDERS.search(grounded.text))


def _sentences_folded(text: str) -> set[str]:
    return {_folded(text[start:end]) for start, end in sentence_spans(text)}


def _bare(folded: str) -> str:
    """Folded words without figures, which a model that repeats where passages stand counts on by itself."""
    return " ".join(re.sub(r"\d+", " ", folded).split())


def _folded(text: str) -> str:
    """The words and figures of a text, with the signs that make a figure another one."""
    return " ".join(re.findall(r"\w+|[%‰€$£¥°]|(?<!\w)[-−](?=\d)|(?<=\d)[.,](?=\d)", text.casefold()))
