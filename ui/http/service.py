"""What every route of the API works with, kept in `app.state.service`; mounted elsewhere, the API has its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends
from starlette.requests import Request

from ...ingest.parse import Limits
from ...rag.answer import Answer, Turn
from ...rag.events import SentenceReady
from ...rag.library import Library
from ...rag.messages import in_language
from ...rag.pipeline import check_question
from ...vectorstore.passage import Filters
from ..access.caller import caller_of, seen_by
from .metrics import Metrics
from .tracing import Tracing

if TYPE_CHECKING:
    from ...rag.generation.writer import Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A library as it is served: what reading a file for it may cost, what is counted, where traces go."""

    library: Library
    limits: Limits
    metrics: Metrics
    tracing: Tracing

    def events(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        *,
        way: "Way | None" = None,
        language: str | None = None,
    ) -> Iterator[SentenceReady | Answer]:
        """The sentences of an answer as they are ready, then the answer, which is counted and told in `language`, else
        in that of the question; `way` says how a language model answers."""
        check_question(question)
        library = self.library.in_way(way) if way else self.library
        for event in library.stream(question, history=history, filters=filters, observer=self.tracing.observer()):
            if isinstance(event, Answer):
                self.metrics.count_answer(event)
            yield in_language(event, language) if isinstance(event, Answer) else event


def _service_of(request: Request) -> Service:
    """The service as who calls may have it: its library holds what may be read."""
    service: Service = request.app.state.service
    return replace(service, library=seen_by(service.library, caller_of(request.scope)))


Served = Annotated[Service, Depends(_service_of)]
