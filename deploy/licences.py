"""Lists the licences of what is installed in an environment, and fails on one that does not fit.

    python deploy/licences.py ENVIRONMENT      the folder of a virtual environment

On Record is under Apache-2.0 and may be passed on with all it needs, so nothing of it may be under the GPL or the AGPL
alone. Ends with status 1 where something is, or where a package does not say what it is under.
"""

import re
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path

# What a licence's text has in its first lines, where a package carries nothing but that.
_TEXTS = {
    "AGPL-3.0": "GNU AFFERO GENERAL PUBLIC LICENSE",
    "LGPL": "GNU LESSER GENERAL PUBLIC LICENSE",
    "GPL": "GNU GENERAL PUBLIC LICENSE",
    "Apache-2.0": "Apache License",
    "MPL-2.0": "Mozilla Public License",
    "MIT": "Permission is hereby granted, free of charge",
    "BSD": "Redistribution and use in source and binary forms",
}
_TEXT_CHARS = 3000
_UNFIT = re.compile(r"\b(?:AGPL|GPL|SSPL)|\b(?:Affero|GNU) General Public License", re.IGNORECASE)


def main() -> None:
    """A line for each package; those that do not fit once more at the end."""
    found = {each.name: licence_of(each) for each in installed(Path(sys.argv[1]))}
    for name in sorted(found, key=str.lower):
        print(f"{name:<34} {found[name] or '?'}")
    unfit = [name for name, licence in found.items() if not fits(licence)]
    print(f"{len(found)} packages, {len(unfit)} of which do not fit{': ' if unfit else ''}{', '.join(sorted(unfit))}")
    sys.exit(bool(unfit))


def installed(environment: Path) -> Iterable[Distribution]:
    """The distributions of a virtual environment."""
    return distributions(path=[str(path) for path in environment.glob("[lL]ib/**/site-packages")])


def licence_of(package: Distribution) -> str:
    """What a package says it is under: an SPDX expression, classifiers, a name, or its licence's text; "" for none."""
    facts = package.metadata
    if expression := facts.get("License-Expression"):
        return expression
    classifiers = [line for line in facts.get_all("Classifier", []) if line.startswith("License ::")]
    if named := [name for line in classifiers if (name := line.rsplit(" :: ", 1)[1]) != "OSI Approved"]:
        return " OR ".join(named)  # who names several lets one choose
    told = (facts.get("License") or "").strip()
    if told and "\n" not in told and len(told) < 100:
        return told
    files = [file for file in package.files or () if re.search(r"licen[cs]e|copying", file.name, re.I)]
    texts = [told, *(file.read_text(encoding="utf-8") for file in files if Path(str(file.locate())).is_file())]
    return next((name for text in texts for name, begins in _TEXTS.items() if begins in text[:_TEXT_CHARS]), "")


def fits(licence: str) -> bool:
    """Whether one of the licences that can be chosen from is neither the GPL nor the AGPL."""
    choices = re.split(r"\s+OR\s+", licence.replace("(", " ").replace(")", " "), flags=re.I)
    return any(choice.strip() and not _UNFIT.search(choice.replace("LGPL", "")) for choice in choices)


if __name__ == "__main__":
    main()
