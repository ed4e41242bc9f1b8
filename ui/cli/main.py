"""The command line: `onrecord COMMAND`.

Heavy libraries are imported by the commands that need them, so that `--help` answers at once. With `--json` standard
output carries one JSON value and nothing else.
"""

import gc
import sys

import typer

from ...vectorstore.errors import OnRecordError
from . import questions, records, servers
from .console import DONE, FAILED, forgive_encoding
from .evals import evaluation
from .keys import keys
from .models import embedder
from .operations import backups, log
from .operations.collections import collections
from .operations.users import users
from .scratch import keep_libraries_in_our_cache
from .tools import citing, comparing, drafts, positions, registers
from .tools.alerts import alerts
from .tools.notebook import notebook

app = typer.Typer(
    name="onrecord",
    help="Ask a pile of records a question; every sentence of the answer is an exact, cited quote.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    records.ingest, records.documents, records.remove, records.show, questions.search, questions.ask, questions.chat,
    questions.overview, drafts.check, comparing.compare, citing.cite,
    citing.resolve, servers.serve, servers.mcp, records.doctor, backups.backup,
    backups.verify, backups.restore, log.audit, registers.votes,
    registers.sponsors, registers.statements, registers.decisions, registers.acronyms,
    positions.positions,
):  # fmt: skip
    app.command()(command)
app.add_typer(evaluation, name="eval")
app.add_typer(keys, name="keys")
app.add_typer(collections, name="collections")
app.add_typer(users, name="users")
app.add_typer(embedder, name="embedder")
app.add_typer(notebook, name="notebook")
app.add_typer(alerts, name="alerts")
# What a command loads lives to its end. Python's own 700 has it look for rubbish in that again and again: a tenth of
# the time of a question.
_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def main() -> None:
    """Runs the command line; errors meant for people end it with a plain message and status 2."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    forgive_encoding()
    keep_libraries_in_our_cache()
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    try:
        app(args=[argument for argument in arguments if argument != "--debug"], prog_name="onrecord")
    except OnRecordError as error:
        if debug:
            raise
        from ..language import language_of_terminal, told

        print(f"onrecord: {told(error, language_of_terminal())}", file=sys.stderr)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(DONE)
    except Exception as error:
        if debug:
            raise
        print(
            f"onrecord: something went wrong that should not have ({type(error).__name__}: {error}). "
            "Run the command again with --debug to see where.",
            file=sys.stderr,
        )
        sys.exit(FAILED)
