"""Kills an ingest at random moments, finishes it, and compares the library with one that was made undisturbed.

    python benchmarks/kill.py PATH... [--kills 50] [--backups 0] [--seed 1]

The whole process group is killed (SIGKILL), at moments spread evenly over the time that an undisturbed ingest takes; a
third of the libraries are killed again, half-done as they are, before they are finished. Ends with status 1 where any
library differs from the undisturbed one in its listings, names, passages or vectors, or is not sound.

Then so many backups and restores are killed: a backup must be missing or sound afterwards, a restored library missing
or the same as the undisturbed one, and nothing else may be left of either.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from onrecord.ingest.attempts import set_aside
from onrecord.ui.backup import verify
from onrecord.vectorstore.passage import Listing, Passage
from onrecord.vectorstore.store import Store

TOLERANCE = 1e-5
AGAIN = 1 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """All that a library holds, to be compared."""

    listings: list[Listing]
    names: dict[str, str]
    acronyms: list[tuple[str, str]]
    passages: dict[str, list[Passage]]
    vectors: dict[str, np.ndarray]
    faults: list[str]


def main() -> None:
    """Kills, finishes, compares; a line for each kill."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--backups", type=int, default=0, help="how many backups, and how many restores, are killed")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as place:
        undisturbed, library = Path(place, "undisturbed"), Path(place, "killed")
        finish(undisturbed, given.paths)
        shutil.rmtree(undisturbed)
        lasts_s = finish(undisturbed, given.paths)
        expected = holding(undisturbed)
        count = sum(len(passages) for passages in expected.passages.values())
        print(f"undisturbed: {lasts_s:.1f} s, {len(expected.listings)} documents, {count} passages", flush=True)
        compared = differing = 0
        for number in range(given.kills):
            after_s = lasts_s * (number + chance.random()) / given.kills
            line = f"{number + 1:3}  killed after {after_s:5.2f} s  {kill(library, given.paths, after_s):<44}"
            if number + 1 < given.kills and chance.random() < AGAIN:
                print(f"{line}  left as it is", flush=True)
                continue
            finish(library, given.paths)
            if aside := set_aside(library):  # killed twice amid the same file: it has to be named
                finish(library, sorted(aside))
            differences = compare(expected, holding(library))
            compared, differing = compared + 1, differing + bool(differences)
            print(f"{line}  {'; '.join(differences) or 'same'}", flush=True)
            shutil.rmtree(library)
        print(f"{given.kills} kills, {compared} libraries finished and compared, {differing} differ", flush=True)
        wrong = kill_backups(undisturbed, expected, given.backups, chance) if given.backups else 0
    sys.exit(bool(differing or wrong))


def kill_backups(library: Path, expected: Holding, kills: int, chance: random.Random) -> int:
    """Kills backups of a library, then restores of one; how many left something that is not as it should be."""
    place = library.with_name("backups")
    place.mkdir()
    whole, again = place / "whole.zip", place / "again"
    lasts = {
        "backup": lasts_s(onrecord("backup", whole, "--library", library)),
        "restore": lasts_s(onrecord("restore", whole, "--library", again, "--quiet")),
    }
    print(f"undisturbed: backup {lasts['backup']:.1f} s, restore {lasts['restore']:.1f} s", flush=True)
    wrong = 0
    for what in lasts:
        for number in range(kills):
            file, folder = place / f"{number}.zip", place / f"{number}"
            command = onrecord(what, file if what == "backup" else whole, "--library", library)
            if what == "restore":
                command = onrecord(what, whole, "--library", folder, "--quiet")
            after_s = lasts[what] * (number + chance.random()) / kills
            end_after(command, after_s)
            differences: list[str] = []
            if file.exists():
                differences += verify(file).faults
            if folder.exists():
                lasts_s(onrecord("doctor", "--repair", "--library", folder))
                differences += compare(expected, holding(folder))
            there = "there" if file.exists() or folder.exists() else "not there"
            wrong += bool(differences)
            line = f"{number + 1:3}  {what} killed after {after_s:5.2f} s  {there:<10}"
            print(f"{line} {'; '.join(differences) or 'sound'}", flush=True)
            file.unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(onrecord("backup", place / "last.zip", "--library", library), check=True, stdout=subprocess.DEVNULL)
    left = sorted(path.name for path in place.iterdir() if path.name not in ("whole.zip", "again", "last.zip"))
    print(f"{2 * kills} kills of backups and restores, {wrong} left something unsound; left over: {left or 'nothing'}")
    return wrong + len(left)


def onrecord(*arguments: str | Path) -> list[str]:
    """A command, as people run it."""
    return [str(Path(sys.executable).with_name("onrecord")), *map(str, arguments)]


def lasts_s(command: Sequence[str]) -> float:
    """Runs a command; the seconds it took."""
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def end_after(command: Sequence[str], after_s: float) -> bool:
    """Begins a command and kills all of its processes; whether it had not ended by then."""
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def kill(library: Path, paths: Sequence[str], after_s: float) -> str:
    """Begins an ingest and kills it; says how far it had come."""
    if not end_after(command(library, paths), after_s):
        return "(had ended already)"
    if not (library / "catalogue.sqlite").exists():
        return "(no library yet)"
    copy = library.with_name("copy")  # opening mends, and the next ingest must do that by itself
    shutil.copytree(library, copy)
    with closing(Store(copy)) as store:
        states = [listing.state for listing in store.listings()]
    shutil.rmtree(copy)
    return "(" + ", ".join(f"{states.count(state)} {state}" for state in ("read", "findable", "embedded")) + ")"


def finish(library: Path, paths: Sequence[str]) -> float:
    """Ingests undisturbed; returns the seconds it took."""
    began = time.monotonic()
    subprocess.run(command(library, paths), stdout=subprocess.DEVNULL)  # what cannot be read is named
    return time.monotonic() - began


def command(library: Path, paths: Sequence[str]) -> list[str]:
    """The ingest, as people run it."""
    return onrecord("ingest", *paths, "--library", library, "--quiet")


def holding(library: Path) -> Holding:
    """What a library holds."""
    with closing(Store(library, create=False)) as store:
        listings = store.listings()
        passages = {listing.id: store.passages_of(listing.id) for listing in listings}
        return Holding(
            listings=listings,
            names=store.catalogue.names(),
            acronyms=store.catalogue.acronyms(),
            passages=passages,
            vectors=store.vectors.vectors_of([passage.id for found in passages.values() for passage in found]),
            faults=store.faults(),
        )


def compare(expected: Holding, found: Holding) -> list[str]:
    """What differs, in words; nothing where all is the same."""
    nearness = [
        float(np.abs(vector - found.vectors[key]).max())
        for key, vector in expected.vectors.items()
        if key in found.vectors
    ]
    told = {
        "other listings": expected.listings != found.listings,
        "other names": expected.names != found.names,
        "other acronyms": expected.acronyms != found.acronyms,
        "other passages": expected.passages != found.passages,
        "vectors of other passages": expected.vectors.keys() != found.vectors.keys(),
        f"vectors differ by {max(nearness, default=0):.1e}": max(nearness, default=0) > TOLERANCE,
    }
    return [difference for difference, present in told.items() if present] + found.faults


if __name__ == "__main__":
    main()
