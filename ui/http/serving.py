"""From settings to a served API: its options, its log, its traces; all that is put up is taken down again."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from ...rag.generation.rules import ModelRules, price_of
from ...rag.prompts import prompts_in
from ...rag.settings import Settings
from ..access.oidc import Provider, provider_from
from ..access.proxies import proxies_from
from .api import ApiOptions
from .gate import LOG, Rules, facts_of
from .tracing import Tracing, open_tracing


def provider_of(settings: Settings) -> Provider | None:
    """Who signs people in, as it is set. Raises InputError where the settings do not fit, or Authlib is missing."""
    secret = settings.oidc_client_secret
    return provider_from(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        public_url=settings.public_url,
        name=settings.oidc_name,
        name_claim=settings.oidc_name_claim,
        groups_claim=settings.oidc_groups_claim,
        roles=settings.oidc_roles,
        collections=settings.oidc_collections,
    )


@contextmanager
def options_from(settings: Settings) -> Iterator[ApiOptions]:
    """The API's options while it is served. Raises InputError where tracing is asked for and its package missing."""
    tracing, provider = open_tracing() if settings.tracing else (Tracing(), None)
    log = _json_log() if settings.log_format == "json" else None
    try:
        yield ApiOptions(
            rules=Rules(
                cors_origins=tuple(origin.strip() for origin in settings.cors_origins.split(",") if origin.strip()),
                requests_per_minute=settings.requests_per_minute,
                body_limit_bytes=settings.body_limit_kb << 10,
                upload_limit_bytes=settings.upload_limit_mb << 20,
                body_timeout_s=settings.body_timeout_s,
                connections=settings.connections,
                at_once=settings.at_once,
                proxies=proxies_from(settings.proxy_user_header, settings.trusted_proxies),
            ),
            limits=settings.limits(),
            tracing=tracing,
            audit=settings.audit,
            provider=provider_of(settings),
            models=ModelRules(
                allowed=settings.allowed_models,
                tokens_per_day=settings.tokens_per_day,
                price=price_of(settings.model_price),
                timeout_s=settings.model_timeout_s,
                tokens_per_answer=settings.model_tokens_per_answer,
                prompts=prompts_in(settings.prompts),
            ),
            share_days=settings.share_days,
        )
    finally:
        if log:
            logging.getLogger().removeHandler(log)
        if provider:
            provider.shutdown()


def _json_log() -> logging.Handler:
    """All that is logged goes to standard error as lines of JSON, and each API request is a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    LOG.setLevel(logging.INFO)
    return handler


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time, level, logger, message, and what the gate says of a request."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **facts_of(record),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
