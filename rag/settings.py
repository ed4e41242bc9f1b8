"""Settings, from the environment (`ONRECORD_...`) or an `.env`-free host; only `ui` and `evals` create them."""

import logging
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from .generation.budget import TOKENS_PER_ANSWER

if TYPE_CHECKING:
    from ..ingest.parse import Limits

_log = logging.getLogger(__name__)
# Settings of earlier versions, which change nothing any more.
_GONE = frozenset({"reader"})
# What the settings began with when the program was called Rapporteur; read for this version still.
_EARLIER_PREFIX = "RAPPORTEUR_"


class Settings(BaseSettings):
    """All that can be configured. Every field has an environment variable: ONRECORD_ and the field in capitals.

    An unknown ONRECORD_ variable is refused, so that a misspelt one does not go unnoticed; one that an earlier
    version had is passed over with a warning.
    """

    model_config = SettingsConfigDict(env_prefix="ONRECORD_", frozen=True, extra="forbid")

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource, **named: PydanticBaseSettingsSource
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Values given, then the environment, then the environment by the settings' earlier names."""
        return *sources, *named.values(), EnvSettingsSource(settings_cls, env_prefix=_EARLIER_PREFIX)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown(cls, values: Any) -> Any:
        prefix = cls.model_config.get("env_prefix", "")
        asked = {name: name[len(prefix) :].lower() for name in os.environ if name.startswith(prefix)}
        unknown = [name for name, field in asked.items() if field not in cls.model_fields and field not in _GONE]
        if unknown:
            known = ", ".join(f"{prefix}{field.upper()}" for field in cls.model_fields)
            raise ValueError(f"there is no setting {unknown[0]}; the settings are {known}")
        earlier = {
            name: name.removeprefix(_EARLIER_PREFIX).lower() for name in os.environ if name.startswith(_EARLIER_PREFIX)
        }
        for name in (name for name, field in (asked | earlier).items() if field in _GONE):
            _log.warning("The setting %s no longer exists and has no effect; it can be unset.", name)
        _warn_of_earlier(tuple(sorted(name for name, field in earlier.items() if field in cls.model_fields)))
        return values

    library: Path | None = Field(None, description="library folder; by default in the user's data folder")
    embedding: str | None = Field(
        None,
        description="embedding model, by name or path; by default the library's own, for a new one "
        "multilingual-e5-small",
    )
    reranker: str | None = Field(None, description="sentence-transformers cross-encoder that re-ranks results")
    cache: Path | None = Field(None, description="where the default embedding model keeps its exported graph")
    chroma_url: str | None = Field(None, description="a Chroma server for the vectors, instead of the library's folder")
    model: str = Field("none", description="provider:name of a chat model that writes answers, or none to quote only")
    model_base_url: str | None = Field(None, description="address of the model's service, if not the provider's own")
    model_api_key: SecretStr | None = Field(
        None, description="key for it; otherwise the provider's own variable is used"
    )
    model_timeout_s: float = Field(120.0, description="how long to wait for the model")
    model_tokens_per_answer: int = Field(
        TOKENS_PER_ANSWER,
        ge=1_000,
        description="tokens that the model may read and write for one overview, which it writes part by part",
    )
    model_way: Literal["auto", "select", "write"] = Field(
        "auto",
        description="how the model answers: write sentences, select sentences of the records, or auto: select where it "
        "is known to be small",
    )
    allowed_models: str = Field(
        "",
        description="models that may answer, separated by commas, with * for any characters: ollama:*, "
        "openai:gpt-4.1-mini; all, where it is empty",
    )
    tokens_per_day: int = Field(
        0, ge=0, description="tokens that models may read and write for each user of a server in a day; 0 for no limit"
    )
    model_price: str = Field(
        "", description="price of a million tokens read and of a million written, as 0.5,1.5; shown with answers"
    )
    prompts: Path | None = Field(None, description="folder of Markdown files that replace the prompts of their names")
    passages: int | None = Field(
        None, ge=1, le=20, description="passages an answer may quote; by default as many as fit"
    )
    strictness: Literal["lenient", "usual", "strict"] = Field(
        "usual", description="how close quotes must be to the question: lenient, usual or strict"
    )
    judge: str = Field(
        "none", description="checks what a model writes: nli:MODEL (a cross-encoder) or provider:name of a chat model"
    )
    read_timeout_s: float = Field(300.0, description="how long one file may take to read")
    read_memory_mb: int = Field(3072, description="how much memory reading one file may take")
    read_file_mb: int = Field(512, description="how large a file may be")
    read_workers: int = Field(0, description="processes that read files; 0 for as many as the machine has cores")
    ocr_languages: str = Field("eng", description="languages of scans, as Tesseract names them, joined by +")
    host: str = Field("127.0.0.1", description="address the server listens on")
    port: int = Field(7860, description="port the server listens on")
    open_to_anybody: bool = Field(
        False, description="lets other machines reach the server although there is neither an account nor a key"
    )
    page: bool = Field(True, description="whether the server shows the browser chat beside the HTTP API")
    cors_origins: str = Field(
        "", description="origins of web pages that may call the API, separated by commas; * for all"
    )
    proxy_user_header: str = Field(
        "", description="header in which a trusted proxy tells the account of whom it has signed in: X-Forwarded-User"
    )
    trusted_proxies: str = Field(
        "",
        description="addresses or networks of proxies, separated by commas: 10.0.0.5, 10.1.0.0/24; only they may tell "
        "a name, or another caller's address",
    )
    oidc_issuer: str = Field(
        "", description="an OpenID Connect provider that people sign in with: https://id.example (extra oidc)"
    )
    oidc_client_id: str = Field("", description="this server's name with the provider")
    oidc_client_secret: SecretStr | None = Field(None, description="its secret with the provider, where it has one")
    oidc_name: str = Field("", description="what the button on the sign-in page calls the provider; else its host")
    oidc_name_claim: str = Field("preferred_username", description="claim that holds an account's name")
    oidc_groups_claim: str = Field("groups", description="claim that lists the groups of who signs in")
    oidc_roles: str = Field(
        "",
        description="roles by group, * for everybody whom the provider signs in: archive=curator,*=reader; who has "
        "none is not let in",
    )
    oidc_collections: str = Field(
        "",
        description="collections that readers of a group may read alone, * for the whole library: press=Press,staff=*; "
        "all read all, where it is empty",
    )
    public_url: str = Field(
        "", description="address that people reach the server by, which the provider sends them back to"
    )
    requests_per_minute: int = Field(
        600, description="requests a minute from one key, session or address; 0 for no limit"
    )
    body_limit_kb: int = Field(1024, description="how large the body of a request may be")
    upload_limit_mb: int = Field(512, description="how large an upload of documents may be")
    at_once: int = Field(
        32, ge=0, description="requests that one key, session or address may have answered at once; 0 for any number"
    )
    connections: int = Field(512, ge=0, description="connections at once; 0 for any number; one address may hold half")
    body_timeout_s: float = Field(
        30.0,
        gt=0,
        description="how long a client may keep the server waiting: for a request's head or body, or by taking nothing "
        "of an answer",
    )
    share_days: int = Field(
        30, ge=1, le=3650, description="days that a link to a conversation on the page opens it to others"
    )
    stop_timeout_s: float = Field(30.0, description="how long a stopping server waits for answers under way")
    log_format: Literal["text", "json"] = Field("text", description="json logs each request as a line of JSON")
    audit: Literal["off", "on", "without-questions"] = Field(
        "off", description="notes who asked, read, added, removed and exported what: off, on, or without-questions"
    )
    tracing: bool = Field(False, description="sends OpenTelemetry traces where OTEL_EXPORTER_OTLP_ENDPOINT says")

    def limits(self) -> "Limits":
        """What reading one file may cost, whichever way it comes in: command, page, API, a further library."""
        from ..ingest.parse import Limits  # what reads documents is loaded by those who have some to read

        return Limits(
            timeout_s=self.read_timeout_s,
            memory_mb=self.read_memory_mb,
            file_mb=self.read_file_mb,
            workers=self.read_workers,
            ocr_languages=self.ocr_languages,
        )


@cache
def _warn_of_earlier(names: tuple[str, ...]) -> None:
    """Warns once of settings by their earlier names."""
    if names:
        now = ", ".join(f"{name} is now ONRECORD_{name.removeprefix(_EARLIER_PREFIX)}" for name in names)
        _log.warning("Settings have been renamed, and the old names work in this version only: %s.", now)
