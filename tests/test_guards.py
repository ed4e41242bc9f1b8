"""What must stay true of the tree: who may import whom, what costs nothing to import, what the README promises."""

import ast
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import click
import pytest
import typer

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "ui": {"evals", "rag", "ingest", "vectorstore"},
    "evals": {"rag", "ingest", "vectorstore"},
    "rag": {"ingest", "vectorstore"},
    "ingest": {"vectorstore"},
    "vectorstore": set[str](),
}
HEAVY = frozenset(
    """torch transformers sentence_transformers onnxruntime chromadb tantivy gradio fastapi uvicorn langchain
    langchain_core langchain_openai numpy scipy pandas trafilatura pypdfium2 docx babel""".split()
)
MODEL_AND_SERVER = frozenset("torch transformers sentence_transformers gradio fastapi langchain langchain_core".split())
PUBLIC = frozenset(
    """Answer Citation Document Failure Filters Hit IngestReport Library Limits Listing Locator Passage OnRecordError
    NotAskable Refusal Sentence SentenceReady Timing Turn in_language message open_library""".split()
)
FILES = [file for folder in MAY_IMPORT for file in sorted((ROOT / folder).rglob("*.py"))]


def named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


# --- layers ----------------------------------------------------------------------------------------------------------


def imports(file: Path) -> Iterator[tuple[int, str]]:
    """(level, module) of every import statement, also those inside functions."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), str(file))):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield from ((node.level, f"{module}.{alias.name}".lstrip(".")) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)


def module_of(file: Path) -> str:
    """ "rag.query.parse" for rag/query/parse.py, "rag" for rag/__init__.py."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported_modules(file: Path) -> Iterator[str]:
    """Our own modules that a file imports."""
    known = {module_of(other) for other in FILES}
    room = list(file.relative_to(ROOT).parent.parts)
    for level, module in imports(file):
        if level:
            target = ".".join([*room[: len(room) - level + 1], *filter(None, module.split("."))])
            yield target if target in known else target.rpartition(".")[0]


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=named)
def test_a_folder_imports_only_those_to_its_right(file: Path) -> None:
    own = module_of(file).split(".")[0]
    for module in imported_modules(file):
        folder = module.split(".")[0]
        assert folder == own or folder in MAY_IMPORT[own], f"{own} must not import {folder}"


@pytest.mark.slow
def test_imports_run_one_way() -> None:
    """No circle of modules, not even one of imports inside functions or for type checkers only."""
    imported = {module_of(file): set(imported_modules(file)) for file in FILES}
    sorter = TopologicalSorter({module: found - {module} for module, found in imported.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(reversed(error.args[1])))


@pytest.mark.parametrize("file", FILES, ids=named)
def test_no_import_of_our_folders_is_absolute(file: Path) -> None:
    for level, module in imports(file):
        if level == 0:
            assert module.split(".")[0] not in {*MAY_IMPORT, "onrecord", "tests"}, module


def test_every_room_is_packaged() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        setuptools = tomllib.load(file)["tool"]["setuptools"]
    rooms = {file.parent for file in FILES}
    assert set(setuptools["packages"]) == {"onrecord." + ".".join(room.relative_to(ROOT).parts) for room in rooms}
    assert all((room / "__init__.py").exists() for room in rooms)
    assert all((ROOT / folder / "py.typed").exists() for folder in MAY_IMPORT)
    assert not (ROOT / "__init__.py").exists()


@pytest.mark.parametrize("room", sorted({file.parent for file in FILES}), ids=named)
def test_a_room_can_be_taken_in_at_a_glance(room: Path) -> None:
    listed = [path.name for path in room.iterdir() if not path.name.startswith("_") and path.name != "py.typed"]
    assert len(listed) <= 16, listed


# --- what an import costs --------------------------------------------------------------------------------------------


def loaded_by(script: str, *arguments: str) -> set[str]:
    """Top-level modules in a fresh interpreter after a script."""
    tail = "\nimport sys; print('LOADED', *sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", script + tail, *arguments], capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rsplit("LOADED", 1)[1].split())


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["serve", "--help"], ["eval", "run", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    script = """
import sys
sys.argv[0] = "onrecord"
from onrecord.ui.cli.main import main
try:
    main()
except SystemExit as ended:
    assert not ended.code
"""
    assert loaded_by(script, *arguments) & HEAVY == set()


def test_a_server_that_cannot_start_says_so_before_anything_heavy_is_loaded(tmp_path: Path) -> None:
    script = """
import sys
sys.argv[:2] = ["onrecord", "serve"]
told = sys.argv.pop()
from onrecord.ui.cli.main import main
import contextlib, io
with contextlib.redirect_stderr(io.StringIO()) as errors:
    try:
        main()
    except SystemExit as ended:
        assert ended.code == 2
assert told in errors.getvalue(), errors.getvalue()
"""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        for arguments in (["--port", port, f"Port {port} is in use"], [str(tmp_path / "nowhere"), "nowhere"]):
            assert loaded_by(script, "", *arguments) & {*MODEL_AND_SERVER, "chromadb"} == set(), arguments


def test_importing_the_library_loads_nothing_heavy() -> None:
    assert loaded_by("import onrecord.rag; onrecord.rag.Filters; onrecord.rag.Answer") & HEAVY == set()


@pytest.mark.slow
def test_quoting_loads_neither_a_model_framework_nor_a_server(tmp_path: Path) -> None:
    script = """
import sys
sys.path.insert(0, "tests")
from fakes import HashEmbedder
from onrecord.rag import open_library
with open_library(sys.argv[1], embedder=HashEmbedder()) as library:
    library.ingest(["sample/plenary-notes.txt"])
    assert library.ask("What was said about the lights?").text
"""
    assert loaded_by(script, str(tmp_path / "library")) & MODEL_AND_SERVER == set()


@pytest.mark.slow
def test_the_first_ingest_and_ask_with_the_default_model_load_no_model_framework(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    script = """
import sys
from onrecord.rag import open_library
with open_library(sys.argv[1]) as library:
    library.ingest(["sample/plenary-notes.txt"])
    assert library.ask("What was said about the lights?").text
"""
    loaded = loaded_by(script, str(tmp_path / "library"))
    assert "onnxruntime" in loaded and loaded & MODEL_AND_SERVER == set()
    assert list((tmp_path / "cache").rglob("*.onnx"))


# --- public names ----------------------------------------------------------------------------------------------------


def test_the_public_names_are_these() -> None:
    import onrecord.rag
    from onrecord.vectorstore.errors import OnRecordError

    assert set(onrecord.rag.__all__) == PUBLIC
    for name in PUBLIC:
        assert getattr(onrecord.rag, name).__name__ == name
    assert onrecord.rag.OnRecordError is OnRecordError
    with pytest.raises(AttributeError, match="Nonsense"):
        onrecord.rag.Nonsense  # noqa: B018


def test_names_loaded_late_are_the_names_type_checkers_see() -> None:
    tree = ast.parse((ROOT / "rag" / "__init__.py").read_text(encoding="utf-8"))
    [block] = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {
        alias.name: "." * node.level + (node.module or "")
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    import onrecord.rag

    assert seen == onrecord.rag._HOME_OF


def test_what_the_contract_names_of_the_library_is_there() -> None:
    from onrecord.rag import Library

    names = "ingest documents document remove search ask stream as_runnable as_retriever as_tool"
    for name in names.split():
        assert getattr(Library, name).__doc__, name


def test_every_public_function_and_class_says_what_it_is() -> None:
    for file in FILES:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), named(file)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{named(file)}: {node.name}"


# --- what the documents promise --------------------------------------------------------------------------------------

README = ROOT / "README.md"
MARKDOWN = [file for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md") if (file := ROOT / name).exists()]


def bash_lines(text: str) -> list[str]:
    """Commands of the ```bash blocks, lines that end in a backslash joined, comments left out."""
    blocks = re.findall(r"^```(?:bash|sh|console)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [re.sub(r"(?:^|\s)#.*", "", line).strip().removeprefix("$ ") for line in lines]


def readme_commands(program: str) -> list[list[str]]:
    text = README.read_text(encoding="utf-8")
    if not text.strip():
        pytest.skip("README.md is not written yet")
    return [words for line in bash_lines(text) if (words := shlex.split(line)) and words[0] == program]


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    commands = readme_commands("make")
    assert commands
    for words in commands:
        assert {word for word in words[1:] if "=" not in word} <= targets, words


def test_every_onrecord_command_of_the_readme_exists() -> None:
    from onrecord.ui.cli.main import app

    commands = readme_commands("onrecord")
    assert commands
    for words in commands:
        found = typer.main.get_command(app)
        rest = words[1:]
        while isinstance(found, click.Group) or hasattr(found, "commands"):
            if rest[:1] == ["--help"]:
                break
            assert rest and rest[0] in found.commands, words
            found, rest = found.commands[rest[0]], rest[1:]
        options = {option for parameter in found.params for option in parameter.opts} | {"--help", "-h", "--debug"}
        assert {word.split("=")[0] for word in rest if word.startswith("-") and word != "-"} <= options, words


@pytest.mark.slow
def test_the_examples_of_the_readme_work(tmp_path: Path) -> None:
    """Runs them in order, on a library of their own; what needs a language model or a browser is left out."""
    environment = os.environ | {"ONRECORD_LIBRARY": str(tmp_path / "library")}
    (tmp_path / "sample").symlink_to(ROOT / "sample")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    command = Path(sys.executable).with_name("onrecord")
    for words in readme_commands("onrecord"):
        if "--model" in words or words[1] in ("serve", "chat"):
            continue
        done = subprocess.run([command, *words[1:]], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, (words, done.stderr)
        if words[1] == "ask":
            assert not done.stdout.startswith("The documents do not answer"), words
            assert "--json" not in words or json.loads(done.stdout)["answered"], words
    shutil.copytree(tmp_path / "library", tmp_path / "my-library")  # so that it is embedded once
    for program in re.findall(r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0 and done.stdout, done.stderr


@pytest.mark.parametrize("file", MARKDOWN, ids=named)
def test_every_link_of_a_document_leads_somewhere(file: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", file.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:|#", target):
            assert (file.parent / target.split("#")[0]).exists(), target


# --- what must not be in the tree ------------------------------------------------------------------------------------


def tracked_files() -> list[Path]:
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_tracked_file_names_a_place_on_this_machine() -> None:
    places = {str(ROOT), str(Path.home()), sys.prefix, sys.base_prefix}
    places |= {os.environ.get(name, "") for name in ("PIP_FIND_LINKS", "PIP_CERT", "PIP_INDEX_URL", "UV_INDEX_URL")}
    patterns = [rf"{re.escape(place)}/" for place in places if len(place) > 1]
    places_of_people = re.compile("|".join([*patterns, r"(?<![\w.:/~-])/(?:home|Users)/\w+/"]).encode())
    for file in tracked_files():
        found = places_of_people.search(file.read_bytes())
        assert found is None, f"{named(file)}: {found[0]!r}"
