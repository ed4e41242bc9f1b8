"""Settings, from the environment (`RAPPORTEUR_...`) or an `.env`-free host; only `ui` and `evals` create them."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """All that can be configured. Every field has an environment variable: RAPPORTEUR_ and the field in capitals.

    An unknown RAPPORTEUR_ variable is refused, so that a misspelt one does not go unnoticed.
    """

    model_config = SettingsConfigDict(env_prefix="RAPPORTEUR_", frozen=True, extra="forbid")

    library: Path | None = None
    embedding: str | None = None
    cache: Path | None = None
    model: str = "none"
    model_base_url: str | None = None
    model_api_key: SecretStr | None = None
    model_timeout_s: float = 120.0
    host: str = "127.0.0.1"
    port: int = 7860
