"""Kills what changes a library at random moments, finishes it, and compares with what an undisturbed run leaves.

    python benchmarks/kill.py PATH... [--kills 300] [--only KIND ...] [--tally FILE] [--seed 1]

The kinds are ingest, reingest (files that changed), remove, reembed (with another model), migrate (a catalogue of an
earlier schema), upload (to a running server), backup and restore; each gets as many kills as the others. All processes
of a command are killed (SIGKILL), at moments spread evenly between its first change on the disk and the last one of an
undisturbed run; a third are begun and killed again, half-done as they are, before they are finished. A kill is *amid*
where the command had not ended by then.

Finished and compared are listings, names, acronyms, passages and vectors, and the library must be sound; what was
replaced or removed may stand in no file of it; what a server acknowledged must be there once; a backup must be
missing or sound, a restored library missing or whole, and nothing else may be left of either. Ends with status 1 where
anything is otherwise. With `--tally` each trial is a line of JSON in a file; those in it are not made again.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from killing import Holding, Server, compare, holding, left_of, make_older, state_of

from onrecord.ingest.attempts import set_aside
from onrecord.rag import Library, open_library
from onrecord.ui.backup import verify
from onrecord.ui.intake import Intake
from onrecord.ui.removal import remove_records
from onrecord.ui.uploads import orphans
from onrecord.vectorstore.embedder import Embedder, open_embedder

KINDS = ("ingest", "reingest", "remove", "reembed", "migrate", "upload", "backup", "restore")
AGAIN = 1 / 3
OTHER_MODEL = "all-MiniLM-L6-v2"
EARLIER = "The informant Zanzibarquartz met the harbour master at midnight."
LATER = "The harbour master, Vermilionledger, rose at noon."
LIMIT_S = 120.0
QUIET_S = 5.0
"""How long nothing must change until a server is taken to have read all that was put in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Something that is killed.

    `begins_with` is the library it is begun on, None where there is none yet; `changes` the folder that it works in;
    `finish` finishes what is left, as people would, and returns what is wrong besides what is `expected`.
    """

    command: list[str]
    changes: Path
    finish: Callable[[], list[str]]
    begins_with: Path | None = None
    expected: Holding | None = None
    lasts_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One library that was killed and finished: how often it was killed, how often amid, what differs."""

    kind: str
    number: int
    kills: int
    amid: int
    differences: list[str] = field(default_factory=list[str])


def main() -> None:
    """Kills, finishes, compares; a line for each trial, and one for each kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--tally", type=Path, help="a file of JSON Lines to go on with")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    done = [Trial(**json.loads(line)) for line in read_lines(given.tally)]
    with tempfile.TemporaryDirectory() as place:
        grounds = Grounds(Path(place), given.paths)
        for number, kind in enumerate(given.only):
            wanted = (given.kills + number) // len(given.only)
            for trial in trials(grounds, kind, wanted, given.seed, [each for each in done if each.kind == kind]):
                done.append(trial)
                line = json.dumps({name: getattr(trial, name) for name in Trial.__slots__})
                print(line, flush=True)
                if given.tally:
                    with given.tally.open("a", encoding="utf-8") as tally:
                        print(line, file=tally)
    for kind in given.only:
        of_kind = [trial for trial in done if trial.kind == kind]
        kills, amid = sum(trial.kills for trial in of_kind), sum(trial.amid for trial in of_kind)
        differ = sum(bool(trial.differences) for trial in of_kind)
        print(f"{kind:<9} {kills:4} kills, {amid:4} amid; {len(of_kind):4} finished and compared, {differ} differ")
    sys.exit(any(trial.differences for trial in done if trial.kind in given.only))


def read_lines(file: Path | None) -> list[str]:
    """The lines of a file that may be missing; one that was cut short is no line."""
    if file is None or not file.exists():
        return []
    return [line for line in file.read_text(encoding="utf-8").splitlines() if line.endswith("}")]


def trials(grounds: "Grounds", kind: str, wanted: int, seed: int, done: list[Trial]) -> Iterator[Trial]:
    """Trials of a kind until it has been killed as often as is wanted, those that are done included."""
    kills = sum(trial.kills for trial in done)
    if kills >= wanted:
        return
    operation = getattr(grounds, kind)()
    number = len(done)
    while kills < wanted:
        number += 1
        chance = random.Random(f"{seed} {kind} {number}")
        times = 2 if chance.random() < AGAIN and kills + 2 <= wanted else 1
        grounds.begin(operation)
        amid = 0
        for turn in range(times):
            share = (kills + turn + chance.random()) / wanted
            if kind == "upload":
                amid += grounds.kill_server(share * operation.lasts_s)
            else:
                amid += end_after(operation, share * operation.lasts_s)
        differences = operation.finish()
        if operation.expected:
            differences += compare(operation.expected, holding(grounds.killed))
        kills += times
        yield Trial(kind=kind, number=number, kills=times, amid=amid, differences=differences)


class Grounds:
    """The records in two versions, libraries of them to begin with, and each kind as an `Operation`."""

    def __init__(self, place: Path, paths: list[Path]) -> None:
        self.place = place
        self.records, self.killed, self.out = place / "records", place / "killed", place / "out"
        self.out.mkdir()
        self.records.mkdir()
        for path in paths:
            shutil.copy2(path, self.records / path.name)
        self.changing = [path for path in sorted(self.records.iterdir()) if path.suffix in (".txt", ".md")]
        if not self.changing:
            sys.exit("Among the files there must be one that ends in .txt or .md, which can be changed.")
        originals = {path: path.read_text(encoding="utf-8") for path in self.changing}
        self._embedder: Embedder | None = None
        self.earlier = self._made("earlier", originals, EARLIER)
        self.later = self._made("later", originals, LATER)
        if not left_of(self.earlier, EARLIER.split()[2]) or left_of(self.later, EARLIER.split()[2]):
            sys.exit("What is looked for is not found where it must be, or where it must not.")
        self.acknowledged: set[str] = set()

    def _made(self, name: str, originals: dict[Path, str], sentence: str) -> Path:
        """A library of the records, the text files among them with a sentence more."""
        for path, text in originals.items():
            path.write_text(f"{text.rstrip()}\n\n{sentence}\n", encoding="utf-8")
        library = self.place / name
        subprocess.run(onrecord("ingest", self.records, "--library", library, "--quiet"), check=True)
        return library

    def begin(self, operation: Operation) -> None:
        """Clears the ground: the library that is to be killed as it is before."""
        shutil.rmtree(self.killed, ignore_errors=True)
        shutil.rmtree(self.out)
        self.out.mkdir()
        self.acknowledged.clear()
        if operation.begins_with:
            shutil.copytree(operation.begins_with, self.killed)

    @contextmanager
    def opened(self) -> Iterator[Library]:
        """The library, with the embedder that it is made with."""
        self._embedder = self._embedder or open_embedder(None)
        with open_library(self.killed, embedder=self._embedder) as library:
            yield library

    def _measured(self, operation: Operation) -> Operation:
        """An operation with what it leaves, and the time in which it does so, when nothing comes between."""
        self.begin(operation)
        lasts_s = time_of_changes(operation)
        return Operation(
            command=operation.command, changes=operation.changes, finish=operation.finish, lasts_s=lasts_s,
            begins_with=operation.begins_with, expected=holding(self.killed),
        )  # fmt: skip

    # --- the kinds -----------------------------------------------------------------------------------------------

    def ingest(self) -> Operation:
        command = onrecord("ingest", self.records, "--library", self.killed, "--quiet")
        return self._measured(Operation(command=command, changes=self.killed, finish=self._finish_ingest))

    def reingest(self) -> Operation:
        command = onrecord("ingest", self.records, "--library", self.killed, "--quiet")
        return self._measured(
            Operation(command=command, changes=self.killed, finish=self._finish_reingest, begins_with=self.earlier)
        )

    def _finish_ingest(self) -> list[str]:
        with self.opened() as library:
            library.ingest([self.records])
            if aside := set_aside(self.killed):  # killed twice amid the same file: it has to be named
                library.ingest(sorted(aside))
        return []

    def _finish_reingest(self) -> list[str]:
        return self._finish_ingest() + left_of(self.killed, EARLIER.split()[2])

    def remove(self) -> Operation:
        name = self.changing[0].name
        command = onrecord("remove", name, "--library", self.killed)

        def finish() -> list[str]:
            with self.opened() as library:
                if name in (Path(listing.source).name for listing in library.documents()):
                    remove_records(library, [name])
                else:
                    with library.store.writing():  # whoever writes next finishes it
                        pass
            return left_of(self.killed, name)

        return self._measured(
            Operation(command=command, changes=self.killed, finish=finish, begins_with=self.later)
        )

    def reembed(self) -> Operation:
        command = onrecord("ingest", "--re-embed", "--embedding", OTHER_MODEL, "--library", self.killed, "--quiet")

        def finish() -> list[str]:
            with open_library(self.killed) as library:
                if library.store.embedding != OTHER_MODEL:
                    library.re_embed(OTHER_MODEL)
                else:
                    library.ingest([self.records])
            return []

        return self._measured(
            Operation(command=command, changes=self.killed, finish=finish, begins_with=self.later)
        )

    def migrate(self) -> Operation:
        older = self.place / "older"
        shutil.copytree(self.later, older)
        make_older(older)

        def finish() -> list[str]:
            holding(self.killed)
            left = sorted(path.name for path in self.killed.glob("catalogue.sqlite.schema-*"))
            return [] if left == ["catalogue.sqlite.schema-1"] else [f"copies of the earlier catalogue: {left}"]

        command = onrecord("documents", "--library", self.killed)
        return self._measured(
            Operation(command=command, changes=self.killed, finish=finish, begins_with=older)
        )

    def upload(self) -> Operation:
        """A server that files are put in to; killed by `kill_server`."""
        operation = Operation(command=[], changes=self.killed, finish=self._finish_upload)
        self.begin(operation)
        with Server(self.killed) as server:
            began = time.monotonic()
            for path in sorted(self.records.iterdir()):
                server.put(path)
            last, state = time.monotonic(), state_of(self.killed)
            while time.monotonic() - last < QUIET_S:
                time.sleep(0.02)
                if (now := state_of(self.killed)) != state:
                    last, state = time.monotonic(), now
        self._finish_upload()  # on a busy machine the server may have paused for longer
        return Operation(
            command=[], changes=self.killed, finish=self._finish_upload, lasts_s=last - began,
            expected=holding(self.killed),
        )  # fmt: skip

    def kill_server(self, after_s: float) -> bool:
        """Puts files in one after the other, and kills the server; whether anything was left to do."""
        with Server(self.killed) as server:
            self.acknowledged |= server.put_until_killed(sorted(self.records.iterdir()), after_s)
        with closing(holding_store(self.killed)) as store:
            states = [listing.state for listing in store.listings()]
        return len(states) < len(list(self.records.iterdir())) or set(states) != {"embedded"}

    def _finish_upload(self) -> list[str]:
        wrong: list[str] = []
        with self.opened() as library:
            intake = take_up(library)
            aside = set_aside(self.killed)
            found = sorted(Path(listing.source).name for listing in library.documents())
            lost = self.acknowledged - {*found, *(Path(source).name for source in aside)}
            if lost or len(found) != len(set(found)) or intake.uploads.waiting():
                wrong.append(f"acknowledged {sorted(self.acknowledged)}, found {found}, set aside {sorted(aside)}")
            for path in self.records.iterdir():  # people put in again what they were not told was accepted
                with intake.uploads.part() as part:
                    part.write(path.read_bytes())
                    intake.accept_file(part, path.name)
            wait_for(intake)
            if (stray := orphans(library)).files or stray.entries:
                wrong.append(f"orphans {stray}")
        return wrong

    def backup(self) -> Operation:
        file = self.out / "backup.zip"

        def finish() -> list[str]:
            wrong = list(verify(file).faults) if file.exists() else []
            subprocess.run(onrecord("backup", self.out / "next.zip", "--library", self.killed), check=True, **QUIET)
            return wrong + self._others_left("backup.zip", "next.zip")

        command = onrecord("backup", file, "--library", self.killed)
        return self._measured(Operation(command=command, changes=self.out, finish=finish, begins_with=self.later))

    def restore(self) -> Operation:
        file, folder = self.place / "whole.zip", self.out / "restored"
        subprocess.run(onrecord("backup", file, "--library", self.later), check=True, **QUIET)

        def finish() -> list[str]:
            if not folder.exists():
                subprocess.run(command, check=True, **QUIET)
            shutil.move(folder, self.killed)
            return self._others_left()

        command = onrecord("restore", file, "--library", folder, "--quiet")
        operation = Operation(command=command, changes=self.out, finish=finish)
        self.begin(operation)
        lasts_s = time_of_changes(operation)
        finish()
        return Operation(
            command=command, changes=self.out, finish=finish, lasts_s=lasts_s, expected=holding(self.later)
        )

    def _others_left(self, *known: str) -> list[str]:
        left = sorted({path.name for path in self.out.iterdir()} - set(known))
        return [f"left over: {left}"] if left else []


QUIET: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def holding_store(folder: Path) -> Any:
    """A copy's store: opening mends, and what finishes the library must do that by itself."""
    from onrecord.vectorstore.store import Store

    copy = folder.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    return Store(copy)


def take_up(library: Library) -> Intake:
    """Reads what waits, as a server does when it starts, until nothing is left to do."""
    intake = Intake(library)
    intake.start()
    wait_for(intake)
    return intake


def wait_for(intake: Intake) -> None:
    """Waits until nothing is being read or waits to be. Raises TimeoutError after `LIMIT_S` seconds."""
    end = time.monotonic() + LIMIT_S
    while intake.status().running or intake.status().waiting:
        if time.monotonic() > end:
            raise TimeoutError("Reading does not come to an end.")
        time.sleep(0.02)


def onrecord(*arguments: str | Path) -> list[str]:
    """A command, as people run it."""
    return [str(Path(sys.executable).with_name("onrecord")), *map(str, arguments)]


def time_of_changes(operation: Operation) -> float:
    """Runs a command; the seconds between the first and the last change that it made. Exits where it fails."""
    first = last = 0.0
    state = state_of(operation.changes)
    with subprocess.Popen(operation.command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            time.sleep(0.002)
            if (now := state_of(operation.changes)) != state:
                state, last = now, time.monotonic()
                first = first or last
    if process.returncode:
        sys.exit(f"{' '.join(operation.command)} ended with status {process.returncode}")
    return last - first


def end_after(operation: Operation, after_s: float) -> bool:
    """Begins a command and kills all of its processes so long after its first change; whether it had not ended."""
    before = state_of(operation.changes)
    process = subprocess.Popen(operation.command, start_new_session=True, **QUIET)
    while process.poll() is None and state_of(operation.changes) == before:
        time.sleep(0.002)
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


if __name__ == "__main__":
    main()
