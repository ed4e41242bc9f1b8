"""A language model as judge of answers, and how far it agrees with people.

Its reply is read strictly: one JSON object with a score of 0, 1 or 2 and a reason. Anything else is asked for once
more and then is an outcome of its own, *unscored*: it is neither right nor wrong, and it is counted.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...rag.answer import Answer
from ...vectorstore.errors import InputError
from ..case import Case, bytes_of
from .ratio import Ratio

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

BEST_SCORE = 2
_TRIES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a judge says of an answer; `score` 0 to 2, or None where no usable verdict came: then `reason` says why."""

    score: int | None
    reason: str


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    score: Annotated[int, Field(ge=0, le=BEST_SCORE)]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A chat model that judges answers."""

    name: str
    model: "BaseChatModel"

    def verdict(self, case: Case, answer: Answer | None) -> Verdict | None:
        """What the judge says of an answer; None for a missing one, which needs no judge to be wrong."""
        if answer is None:
            return None
        fault = ""
        for _ in range(_TRIES):
            try:
                reply = self.model.invoke(_prompt(case, answer)).text
            except Exception as error:  # network, key, quota: each provider has errors of its own
                return Verdict(score=None, reason=f"the judge does not answer: {str(error).splitlines()[0][:200]}")
            try:
                read = _Reply.model_validate_json(str(reply).strip())
                return Verdict(score=read.score, reason=read.reason)
            except ValidationError as error:
                fault = f"no verdict in the reply: {error.errors()[0]['msg']}"
        return Verdict(score=None, reason=fault)


def open_judge(
    model: "str | BaseChatModel", *, base_url: str | None = None, api_key: str | None = None, timeout_s: float = 120.0
) -> Judge:
    """A judge by "provider:name", or of a chat model. Raises ModelError."""
    from ...rag.generation.llm import open_service

    service = open_service(model, base_url=base_url, api_key=api_key, timeout_s=timeout_s)
    return Judge(name=service.name, model=service.model)


def judged_shares(verdict: Verdict) -> dict[str, Ratio | None]:
    """`judge`, a verdict as 0 to 1 (None where unscored), and `judge_unscored`.

    Use them where the answer's wording is free. Looks at cases with an answer or a refusal; the mean is taken.
    Source: Zheng et al. 2023, Judging LLM-as-a-judge, arXiv:2306.05685; report `agreement` beside it.
    """
    return {
        "judge": None if verdict.score is None else Ratio(numerator=verdict.score, denominator=BEST_SCORE),
        "judge_unscored": Ratio(numerator=verdict.score is None, denominator=1),
    }


def _prompt(case: Case, answer: Answer) -> str:
    expected = [f"- {fact.replace('|', ' or ')}" for fact in case.key_facts]
    expected += [f"- {text}" for text in case.answers[:3]]
    expected += [f"- as the record says: {gold.quote}" for gold in case.evidence]
    if not case.answerable:
        expected = ["- The records do not answer this question."]
    prompt = Template(files("onrecord.evals.measures").joinpath("judge_prompt.md").read_text(encoding="utf-8"))
    return prompt.substitute(
        question=case.question, expected="\n".join(expected) or "- (nothing given)", answer=answer.text
    )


# --- agreement with people ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How a judge and people agree on the same answers: `n` answers, the share alike, and Cohen's kappa (-1 to 1).

    `unscored` answers with a person's label have no verdict and do not count. Kappa is None where both gave one and
    the same label throughout.
    """

    n: int
    alike: float | None
    kappa: float | None
    unscored: int


def agreement(records: Sequence[Mapping[str, Any]], labels: Mapping[str, int]) -> Agreement:
    """A judge's verdicts against people's labels by case id.

    Source: Cohen 1960, A coefficient of agreement for nominal scales.
    """
    labelled = [record for record in records if record["id"] in labels and record.get("verdict")]
    pairs = [
        (record["verdict"]["score"], labels[record["id"]])
        for record in labelled
        if record["verdict"]["score"] is not None
    ]
    if not pairs:
        return Agreement(n=0, alike=None, kappa=None, unscored=len(labelled))
    alike = sum(one == other for one, other in pairs) / len(pairs)
    by_chance = sum(
        _share_of(score, [one for one, _ in pairs]) * _share_of(score, [other for _, other in pairs])
        for score in range(BEST_SCORE + 1)
    )
    kappa = (alike - by_chance) / (1 - by_chance) if by_chance < 1 else None
    return Agreement(n=len(pairs), alike=alike, kappa=kappa, unscored=len(labelled) - len(pairs))


def _share_of(score: int, scores: Sequence[int]) -> float:
    return sum(each == score for each in scores) / len(scores)


def read_labels(path: Path) -> dict[str, int]:
    """People's labels: CSV with columns id and score (0, 1 or 2). Raises InputError."""
    rows = csv.DictReader(io.StringIO(bytes_of(path).decode("utf-8-sig", "replace")))
    if not {"id", "score"} <= set(rows.fieldnames or ()):
        raise InputError(f"{path}, line 1: the columns id and score are expected")
    labels: dict[str, int] = {}
    for row in rows:
        if row["score"] not in {"0", "1", "2"}:
            raise InputError(f"{path}, line {rows.line_num}: score: 0, 1 or 2 is expected, not {row['score']!r}")
        labels[row["id"]] = int(row["score"])
    return labels
