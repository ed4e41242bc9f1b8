"""The reader: a small model that judges which sentences answer a question, and whether any does.

    open_reader -> Reader.judge(question, excerpts) -> a Verdict each

It reads question and excerpt together and says of every sentence how likely it answers, and of the excerpt how likely
it answers at all; `training/` makes it, `docs/reader.md` says on what and how well. ONNX Runtime runs it, with the
tokenizer of the embedding model it was made from. Everything works without it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..vectorstore.errors import ModelError
from ..vectorstore.onnx_session import open_session

if TYPE_CHECKING:
    import numpy as np
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

BUNDLED = "reader.onnx"
MAX_TOKENS = 256
BATCH = 8
MAX_SPAN_TOKENS = 40
INPUTS = ("ids", "mask", "types", "members")
OUTPUTS = ("sentences", "supports", "answerable", "starts", "ends")
REMEDY = "Name another file with --reader, or none to answer without a reader."


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """Sentences in a row, as they stand in a record.

    `sentences` are offsets into `text`; `lead` is what stands above it (title, section, speaker), read as context.
    """

    text: str
    sentences: tuple[tuple[int, int], ...]
    lead: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the reader makes of an excerpt; every number is a probability, 0 to 1.

    `answers`: the excerpt answers the question at all. `sentences`: each sentence answers it. `supports`: each
    sentence makes the statement true that was put in the question's place. `span`: offsets into the excerpt's text of
    the shortest answer, None where the reader sees none. A sentence beyond what the reader can take in at once has 0.
    """

    answers: float
    sentences: tuple[float, ...]
    supports: tuple[float, ...]
    span: tuple[int, int] | None = None


def open_reader(name: str | Path) -> "Reader | None":
    """The reader called "bundled", or in a file; None for "none".

    Raises:
        ModelError: there is no such file, or it holds no reader.
    """
    if str(name) == "none":
        return None
    if str(name) == "bundled":
        with as_file(_bundled()) as path:
            return _open(path, "bundled")
    return _open(Path(name).expanduser(), str(name))


def has_bundled() -> bool:
    """Whether this installation came with a reader."""
    return _bundled().is_file()


def _bundled() -> Traversable:
    return files(__name__.rpartition(".")[0]) / BUNDLED


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A reader, ready to judge. Safe to share between threads.

    `name` is what it was opened as; `about` what its file says of itself: version, training commit, data.
    """

    name: str
    about: dict[str, Any] = field(default_factory=dict[str, Any])
    session: "InferenceSession" = field(repr=False)
    tokenizer: "Tokenizer" = field(repr=False)

    def judge(self, question: str, excerpts: Sequence[Excerpt]) -> list[Verdict]:
        """A verdict for each excerpt, in the order given."""
        pairs = [(question, f"{one.lead} {one.text}" if one.lead else one.text) for one in excerpts]
        encodings = self.tokenizer.encode_batch(pairs)
        verdicts: dict[int, Verdict] = {}
        # Neighbours of about the same length waste little on padding.
        order = sorted(range(len(pairs)), key=lambda place: len(encodings[place].ids))
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            judged = self._judge_batch([encodings[place] for place in places], [excerpts[place] for place in places])
            verdicts.update(zip(places, judged, strict=True))
        return [verdicts[place] for place in range(len(pairs))]

    def _judge_batch(self, encodings: "Sequence[Encoding]", excerpts: Sequence[Excerpt]) -> list[Verdict]:
        import numpy as np

        length = max(len(one.ids) for one in encodings)
        many = max(1, *(len(one.sentences) for one in excerpts))
        ids = np.zeros((len(encodings), length), dtype=np.int64)
        mask, types = np.zeros_like(ids), np.zeros_like(ids)
        members = np.zeros((len(encodings), many, length), dtype=np.float32)
        for row, (encoding, excerpt) in enumerate(zip(encodings, excerpts, strict=True)):
            ids[row, : len(encoding.ids)] = encoding.ids
            types[row, : len(encoding.ids)] = encoding.type_ids
            mask[row, : len(encoding.ids)] = 1
            for token, (start, _) in enumerate(_places(encoding, excerpt)):
                for number, (first, end) in enumerate(excerpt.sentences):
                    if first <= start < end:
                        members[row, number, token] = 1.0
        outputs: Sequence[Any] = self.session.run(
            list(OUTPUTS), dict(zip(INPUTS, (ids, mask, types, members), strict=True))
        )
        return [
            _verdict(encoding, excerpt, [output[row] for output in outputs])
            for row, (encoding, excerpt) in enumerate(zip(encodings, excerpts, strict=True))
        ]


def _verdict(encoding: "Encoding", excerpt: Excerpt, outputs: "Sequence[np.ndarray]") -> Verdict:
    sentences, supports, answerable, starts, ends = outputs
    many = len(excerpt.sentences)
    return Verdict(
        answers=float(answerable),
        sentences=tuple(float(value) for value in sentences[:many]),
        supports=tuple(float(value) for value in supports[:many]),
        span=_best_span(_places(encoding, excerpt), starts, ends),
    )


def _best_span(places: Sequence[tuple[int, int]], starts: "np.ndarray", ends: "np.ndarray") -> tuple[int, int] | None:
    """The likeliest first and last token of an answer; None where "no answer" (the first token) is likelier."""
    best, found = float(starts[0] + ends[0]), None
    for first, (start, _) in enumerate(places):
        if start < 0:
            continue
        for last in range(first, min(first + MAX_SPAN_TOKENS, len(places))):
            if places[last][0] >= 0 and starts[first] + ends[last] > best:
                best, found = float(starts[first] + ends[last]), (start, places[last][1])
    return found


def _places(encoding: "Encoding", excerpt: Excerpt) -> list[tuple[int, int]]:
    """Where each token stands in the excerpt's text; (-1, -1) for the question's, the lead's and the marks."""
    lead = len(excerpt.lead) + 1 if excerpt.lead else 0
    return [
        (start - lead, end - lead) if part == 1 and start >= lead else (-1, -1)
        for (start, end), part in zip(encoding.offsets, encoding.sequence_ids, strict=True)
    ]


def _open(path: Path, name: str) -> Reader:
    if not path.is_file():
        raise ModelError(f"There is no reader {name} ({path}). {REMEDY}")
    try:
        session = open_session(path)
        about = json.loads(session.get_modelmeta().custom_metadata_map["reader"])
    # ONNX Runtime has an error class for each way a file can be wrong.
    except Exception as error:
        raise ModelError(f"The file {path} holds no reader of this program. {REMEDY}") from error
    return Reader(name=name, about=about, session=session, tokenizer=_tokenizer())


def _tokenizer() -> "Tokenizer":
    """The tokenizer of all-MiniLM-L6-v2, cutting the excerpt and never the question."""
    from tokenizers import Tokenizer

    from ..vectorstore.minilm import packaged_files

    tokenizer = Tokenizer.from_file(str(packaged_files() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    return tokenizer
