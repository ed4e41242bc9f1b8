"""Writes the table of settings into docs/integration.md:  python docs/configuration.py"""

import re
from pathlib import Path

from pydantic import SecretStr

from onrecord.rag.settings import Settings

PAGE = Path(__file__).with_name("integration.md")
TABLE = re.compile(r"(?<=<!-- settings -->\n).*?(?=<!-- end of settings -->)", re.DOTALL)


def settings_table() -> str:
    """Every setting with its variable, its default and what it is for, as Markdown."""
    lines = ["| variable | default | what it is |", "|---|---|---|"]
    for name, setting in Settings.model_fields.items():
        default = setting.default
        if isinstance(default, bool):
            default = str(default).lower()
        shown = f"`{default}`" if default not in (None, "") and not isinstance(default, SecretStr) else ""
        lines.append(f"| `ONRECORD_{name.upper()}` | {shown} | {setting.description} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(TABLE.sub(lambda _: settings_table(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
