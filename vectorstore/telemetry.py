"""Keeps the libraries that this program stands on from reporting on their use to their makers.

Each reads its variable when it is imported or first used, so this comes before all of them: every folder of this
program calls `switch_off` on being imported. Nothing here keeps a model that was asked for by name from being fetched.
"""

import os
from collections.abc import MutableMapping

_OFF = {
    # Without it ONNX Runtime keeps a device id and events in the user's cache and sends them, from its import on.
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "ANONYMIZED_TELEMETRY": "False",  # Chroma
    "HAYSTACK_TELEMETRY_ENABLED": "False",
}


def switch_off(environment: MutableMapping[str, str] = os.environ) -> None:
    """Sets what is not set; a host program that turned a library's reports on in so many words keeps them."""
    for name, value in _OFF.items():
        # An empty variable says nothing, and ONNX Runtime takes it for a yes.
        if not environment.get(name):
            environment[name] = value


def onnxruntime_may_report() -> bool:
    """Whether the host program asked for ONNX Runtime's reports."""
    return os.environ.get("ORT_DISABLE_TELEMETRY", "").lower() in ("0", "false", "no", "off")
