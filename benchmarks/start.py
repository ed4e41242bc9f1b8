"""What a command costs that starts afresh, in processor time, its workers' included.

    python benchmarks/start.py [ONRECORD...] [--rounds 5] [--records FOLDER]

of this installation's `onrecord` and of any other's named: one question to a library of the sample records, one more
record of 7 kB for it, and with --records a folder read into a new library. All take turns; what is told is the median
and its ratio to `import chromadb, onnxruntime, tokenizers` in the same run.
"""

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample"
IMPORTS = "import chromadb, onnxruntime, tokenizers"
QUESTION = "When are the lamps replaced?"
RECORD = "Minutes of the Harbour Board, 3 May 2021\n\n" + "\n\n".join(
    f"{number}. The board heard that dredging of basin {number} begins before winter, and asked its secretary for the "
    f"costs of lamp {number * 7}. Two members noted the objections of the pilots, who fear for the moorings of quay "
    f"{number + 3}. The widening was put off until the survey of 20{10 + number % 10} is at hand."
    for number in range(1, 27)
)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--records", type=Path)
    asked = parser.parse_args()
    programs = [*asked.programs, Path(sys.executable).with_name("onrecord")]
    spent: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "more.txt").write_text(RECORD, encoding="utf-8")
        for number, program in enumerate(programs):
            seconds([program, "ingest", SAMPLE, "-q", "--library", place / f"base{number}"])
        for _ in range(asked.rounds):
            spent["imports"].append(seconds([sys.executable, "-c", IMPORTS]))
            for number, program in enumerate(programs):
                library = place / "library"
                shutil.copytree(place / f"base{number}", library)
                ask = [program, "ask", QUESTION, "--library", library]
                spent[f"{program}: ask"].append(seconds(ask))
                add = [program, "ingest", place / "more.txt", "-q", "--library", library]
                spent[f"{program}: add 7 kB"].append(seconds(add))
                shutil.rmtree(library)
                if asked.records:
                    whole = [program, "ingest", asked.records, "-q", "--library", library]
                    spent[f"{program}: read {asked.records.name}"].append(seconds(whole))
                    shutil.rmtree(library)
    unit = statistics.median(spent["imports"])
    for what, each in spent.items():
        print(f"{what}: {statistics.median(each):.2f} s, {statistics.median(each) / unit:.2f} times the imports")


def seconds(command: list[str | Path]) -> float:
    """The processor time of a command and of what it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
