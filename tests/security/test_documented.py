"""What docs/security.md and docs/reliability.md say is tested: the tests are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("docs/security.md", "docs/reliability.md", "SECURITY.md")


@pytest.mark.parametrize("page", PAGES)
def test_every_test_and_program_that_is_named_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    for name in re.findall(r"`(test_\w+)`", text):
        assert f"def {name}(" in tests, name
    for path in re.findall(r"`((?:tests|benchmarks|deploy)/[\w./]+)`", text):
        assert (ROOT / path).exists(), path
    for target in re.findall(r"\]\((?!https?:)([^)#\s]+)\)", text):
        assert (ROOT / page).parent.joinpath(target).exists(), target


@pytest.mark.parametrize("page", PAGES)
def test_every_command_and_setting_that_is_named_is_there(page: str) -> None:
    import typer

    from onrecord.rag.settings import Settings
    from onrecord.ui.cli.main import app

    text = (ROOT / page).read_text(encoding="utf-8")
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert {name for name in re.findall(r"\bonrecord ([a-z]+)", text)} <= commands.keys()
    for name in re.findall(r"\bONRECORD_([A-Z_]+)", text):
        assert name.lower() in Settings.model_fields, name
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= set(targets)
