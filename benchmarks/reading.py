"""How fast records are read: by format, and one of 1,000 pages until it is findable by words and by meaning.

    python benchmarks/reading.py FOLDER [--pages 1000]

For each format of FOLDER, parsed by itself as an ingest does it (worker processes, one for each processor): files,
pages, megabytes, units (what becomes passages), those with a paragraph number and with a speaker, seconds, and the
most memory that a worker held. What is refused is named below, with the reason. Then a text PDF is made and ingested.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from fpdf import FPDF

from onrecord.ingest.ingest import Failure, find_files, ingest
from onrecord.ingest.language.sentences import sentence_spans
from onrecord.ingest.parse import Job, Limits, Parsed, parse_all
from onrecord.vectorstore.errors import UnreadableFile
from onrecord.vectorstore.store import Store

NAMES = ["Skarn", "Merrow", "Hallow", "Lantern", "Tollan", "Cantle", "Sorrel", "Ansel", "Marrick", "Saltmouth"]
PARAGRAPHS_A_PAGE = 6
PLACES = ("paragraph", "speaker")


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=1000)
    given = parser.parse_args()
    read_folder(given.folder)
    with tempfile.TemporaryDirectory() as place:
        read_long_record(Path(place), given.pages)


def read_folder(folder: Path) -> None:
    """A row for each format."""
    by_format: dict[str, list[Path]] = defaultdict(list)
    for file in find_files([folder])[0]:
        by_format[file.suffix.lower()].append(file)
    refused: list[UnreadableFile] = []
    print(
        "| format | files | pages | MB | units | with paragraph number | with speaker | seconds | per second "
        "| peak memory of a worker, MB | refused |"
    )
    print("|" + "---|" * 11)
    for suffix, files in sorted(by_format.items()):
        jobs = [Job(source=str(file), data=file.read_bytes()) for file in files]
        began = time.monotonic()
        with Memory() as memory:
            found = [document for _, documents in parse_all(jobs, Limits()) for document in documents]
        seconds = time.monotonic() - began
        read = [document for document in found if isinstance(document, Parsed)]
        refused += [document for document in found if not isinstance(document, Parsed)]
        pages, units = sum(document.pages for document in read), sum(len(document.units) for document in read)
        locators = [unit.locator for document in read for unit in document.units]
        numbered, spoken = (sum(getattr(locator, name) is not None for locator in locators) for name in PLACES)
        size = sum(len(job.data) for job in jobs) / (1 << 20)
        rate = f"{pages / seconds:,.0f} pages" if pages else f"{units / seconds:,.0f} units"
        print(
            f"| {suffix} | {len(files)} | {pages:,} | {size:.1f} | {units:,} | {numbered:,} | {spoken:,} "
            f"| {seconds:.1f} | {rate} "
            f"| {memory.peak_mb:,.0f} | {len(found) - len(read)} |",
            flush=True,
        )
    for failure in refused:
        print(f"refused: {Path(failure.source).name!r}: {failure.reason}")


class Memory:
    """Watches the workers' resident memory (Linux), as long as the `with` block lasts; `peak_mb` is one worker's."""

    def __init__(self) -> None:
        self.peak_mb = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.02):
            for status in Path("/proc").glob("[0-9]*/status"):
                try:
                    if b"onrecord.ingest.worker" in (status.parent / "cmdline").read_bytes():
                        lines = status.read_text().splitlines()
                        peak_kb = next((line.split()[1] for line in lines if line.startswith("VmHWM")), "0")
                        self.peak_mb = max(self.peak_mb, int(peak_kb) / 1024)
                except OSError:  # it has ended meanwhile
                    continue


@dataclass(slots=True, kw_only=True)
class Clock:
    """A `Watcher` that notes when reading ended, which is when all is findable by words."""

    began: float
    findable_s: float = 0.0

    def reading(self, done: int, total: int, source: str) -> None:
        if done == total and not source:
            self.findable_s = time.monotonic() - self.began

    def failed(self, failure: Failure) -> None:
        print(failure, file=sys.stderr)

    def embedding(self, done: int, total: int) -> None: ...


def read_long_record(place: Path, pages: int) -> None:
    """A text PDF from the file to words found in it, and to meaning."""
    record = place / "record.pdf"
    record.write_bytes(long_record(pages))
    with closing(Store(place / "library", sentences=sentence_spans)) as store:
        clock = Clock(began=time.monotonic())
        report = ingest(store, [record], watcher=clock)
        found = store.by_words(dict.fromkeys(store.lexical.words(f"paragraph number {pages * 3} keeper"), 1.0), 3)
        megabytes = record.stat().st_size / (1 << 20)
        print(
            f"\n{pages:,} pages ({megabytes:.1f} MB, {report.passages:,} passages; {len(found)} of 3 found):", end=" "
        )
        print(f"findable after {clock.findable_s:.1f} s, embedded after {report.seconds:.1f} s")


def long_record(pages: int) -> bytes:
    """A record of numbered paragraphs of four to seven lines, with running heads and page numbers."""

    class Record(FPDF):
        def header(self) -> None:
            self.set_font("Times", "B", 8)
            self.cell(text="MIC/CL/2031/SR.4", new_x="LMARGIN", new_y="NEXT", h=8)

        def footer(self) -> None:
            self.set_y(-12)
            self.set_font("Times", size=8)
            self.cell(text=f"{self.page_no()}/{pages}")

    pdf = Record()
    pdf.set_margins(25, 15)
    number = 0
    for _ in range(pages):
        pdf.add_page()
        pdf.set_font("Times", size=10)
        for _ in range(PARAGRAPHS_A_PAGE):
            number += 1
            pdf.multi_cell(0, 5, f"{number}. {prose(number)}", new_x="LMARGIN", new_y="NEXT")
            pdf.ln(3)
    return bytes(pdf.output())


def prose(number: int) -> str:
    """Four to seven sentences, others in every paragraph."""
    return " ".join(
        f"The keeper of {NAMES[(number + line) % 10]} told the delegation of {NAMES[number * 3 // 7 % 10]} at noon "
        f"that the light of {NAMES[(number * 7 + line) // 3 % 10]} was out for {number % 50 + line} hours."
        for line in range(4 + number % 4)
    )


if __name__ == "__main__":
    main()
