"""OpenTelemetry: a span for each API request, and one below it for each stage of the pipeline.

Without `ONRECORD_TRACING` nothing is loaded and nothing is sent. No question and no answer is in a span, only their
lengths and what came of them. Where spans go is OpenTelemetry's own setting, OTEL_EXPORTER_OTLP_ENDPOINT.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ...rag.pipeline import StageEnd, StageObserver, no_observer
from ...vectorstore.errors import InputError

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer


class Tracing:
    """Makes spans, or none: the default keeps no trace."""

    def __init__(self, tracer: "Tracer | None" = None) -> None:
        self._tracer = tracer

    @contextmanager
    def request(self, scope: Mapping[str, Any]) -> Iterator[None]:
        """A span around one request; it goes on with the trace that the request's `traceparent` names."""
        if self._tracer is None:
            yield
            return
        from opentelemetry.propagate import extract
        from opentelemetry.trace import SpanKind

        from .problems import route_of

        carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        with self._tracer.start_as_current_span(
            f"{scope['method']}", context=extract(carrier), kind=SpanKind.SERVER
        ) as span:
            try:
                yield
            finally:
                span.update_name(f"{scope['method']} {route_of(scope)}")
                span.set_attribute("http.route", route_of(scope))
                span.set_attribute("onrecord.request_id", scope["request_id"])

    def observer(self) -> StageObserver:
        """What to tell of the stages of one answer; call it where the request's span is current."""
        if self._tracer is None:
            return no_observer
        from opentelemetry import context
        from opentelemetry.trace import StatusCode

        tracer, parent = self._tracer, context.get_current()

        def begin(name: str, _given: Any) -> StageEnd:
            span = tracer.start_span(f"onrecord.{name}", context=parent)

            def end(result: Any) -> None:
                if isinstance(result, BaseException):
                    span.set_status(StatusCode.ERROR, type(result).__name__)
                elif isinstance(result, list | str):
                    span.set_attribute("onrecord.length", len(result))
                span.end()

            return end

        return begin


def open_tracing() -> tuple[Tracing, Any]:
    """Tracing over OTLP, and the provider to shut down at the end. Raises InputError without the extra."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        packages = "opentelemetry-sdk opentelemetry-exporter-otlp-proto-http"
        raise InputError(f"Tracing needs packages: pip install {packages} ({error})") from error
    provider = TracerProvider(resource=Resource.create({"service.name": "onrecord"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Tracing(provider.get_tracer("onrecord")), provider
