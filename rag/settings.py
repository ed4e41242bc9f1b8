"""Settings, from the environment (`RAPPORTEUR_...`) or an `.env`-free host; only `ui` and `evals` create them."""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """All that can be configured. Every field has an environment variable: RAPPORTEUR_ and the field in capitals.

    An unknown RAPPORTEUR_ variable is refused, so that a misspelt one does not go unnoticed.
    """

    model_config = SettingsConfigDict(env_prefix="RAPPORTEUR_", frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown(cls, values: Any) -> Any:
        prefix = cls.model_config.get("env_prefix", "")
        unknown = [
            name
            for name in os.environ
            if name.startswith(prefix) and name[len(prefix) :].lower() not in cls.model_fields
        ]
        if unknown:
            known = ", ".join(f"{prefix}{field.upper()}" for field in cls.model_fields)
            raise ValueError(f"there is no setting {unknown[0]}; the settings are {known}")
        return values

    library: Path | None = None
    embedding: str | None = None
    reranker: str | None = None
    cache: Path | None = None
    reader: str = "none"
    model: str = "none"
    model_base_url: str | None = None
    model_api_key: SecretStr | None = None
    model_timeout_s: float = 120.0
    passages: int | None = Field(default=None, ge=1, le=20)
    strictness: Literal["lenient", "usual", "strict"] = "usual"
    judge: str = "none"
    read_timeout_s: float = 300.0
    read_memory_mb: int = 3072
    read_file_mb: int = 512
    read_workers: int = 0
    ocr_languages: str = "eng"
    host: str = "127.0.0.1"
    port: int = 7860
