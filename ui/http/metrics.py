"""What a server counts of itself, for Prometheus (text exposition format 0.0.4). No question and no name is in it."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from ...rag.answer import Answer
from ...rag.library import Library

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """Counters of one application; two in one process count apart."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "onrecord_requests", "API requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "onrecord_request_seconds", "Seconds until a request was answered to the end.", ("route",),
            buckets=_SECONDS, registry=self._registry,
        )  # fmt: skip
        self._answers = Counter(
            "onrecord_answers", "Answers given over the API.", ("mode", "answered"), registry=self._registry
        )
        self._parts = Histogram(
            "onrecord_answer_seconds", "Seconds spent on each part of an answer.", ("part",),
            buckets=_SECONDS, registry=self._registry,
        )  # fmt: skip
        self.answering = 0
        in_flight = Gauge("onrecord_requests_in_flight", "Requests being answered.", registry=self._registry)
        in_flight.set_function(lambda: self.answering)
        documents = Gauge("onrecord_documents", "Documents in the library.", registry=self._registry)
        passages = Gauge("onrecord_passages", "Passages in the library.", registry=self._registry)
        documents.set_function(lambda: len(library.documents()))
        passages.set_function(library.store.catalogue.count_passages)

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request has been answered."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def count_answer(self, answer: Answer) -> None:
        """An answer or a refusal has been given."""
        self._answers.labels(answer.mode, str(answer.answered).lower()).inc()
        self._parts.labels("retrieve").observe(answer.seconds.retrieve)
        self._parts.labels("answer").observe(answer.seconds.answer)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._registry)
