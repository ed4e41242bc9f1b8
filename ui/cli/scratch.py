"""Where libraries put what they write while they run."""

import os


def keep_libraries_in_our_cache() -> None:
    """Has Gradio and torch make their folders in this program's cache rather than in the system's temporary folder."""
    from platformdirs import user_cache_path

    cache = user_cache_path("onrecord")
    for name, folder in (("GRADIO_TEMP_DIR", "gradio"), ("TORCHINDUCTOR_CACHE_DIR", "torch")):
        os.environ.setdefault(name, str(cache / folder))
