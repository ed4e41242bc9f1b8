"""Every regular expression of the product, with the place it stands; run as a script, as JSON."""

import ast
import dataclasses
import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDERS = ("rag", "ingest", "vectorstore", "ui", "evals")
CALLS = {"compile", "search", "match", "fullmatch", "sub", "subn", "findall", "finditer", "split"}
UNKNOWN = "Abc"
"""Stands for what is only known when a pattern is put together: a name, a number, escaped."""


def modules() -> Iterator[ModuleType]:
    for folder in FOLDERS:
        package = importlib.import_module(f"onrecord.{folder}")
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def held(value: Any, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    """The compiled patterns in a value: itself, or in its items, keys or fields."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 4:
        for item in _items(value):
            yield from held(item, depth + 1)


def _items(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    if isinstance(value, type):
        return list(vars(value).values())
    if dataclasses.is_dataclass(value):
        return [getattr(value, field.name, None) for field in dataclasses.fields(value)]
    return []


def inline(module: ModuleType, tree: ast.Module) -> Iterator[tuple[int, str | bytes, int, bool]]:
    """(line, pattern, flags, is it a full match) of each pattern handed to a function of `re` in a module's source."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_of_re(node.func):
            pattern = _value(node.args[0], module)
            if isinstance(pattern, str | bytes):
                yield node.lineno, pattern, _flags(node, module), _attribute(node.func) == "fullmatch"


def fully_matched(tree: ast.Module) -> set[str]:
    """The names of the patterns that a module asks to match a whole text: there more is given up and tried again."""
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    asked = (call.value for call in calls if isinstance(call, ast.Attribute) and call.attr == "fullmatch")
    return {value.id for value in asked if isinstance(value, ast.Name)}


def _attribute(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def _is_of_re(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
        and function.attr in CALLS
    )


def _value(node: ast.expr, module: ModuleType) -> Any:
    """What an expression is worth, as far as it can be told without running the function around it."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(_value(part, module)) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return _value(node.value, module)
    if isinstance(node, ast.Constant):
        return node.value
    try:
        return eval(compile(ast.Expression(node), "pattern", "eval"), vars(module))
    except Exception:  # a local name: any text may stand there
        return UNKNOWN


def _flags(node: ast.Call, module: ModuleType) -> int:
    flags = [_value(keyword.value, module) for keyword in node.keywords if keyword.arg == "flags"]
    flags += [_value(argument, module) for argument in node.args[1:]]
    return sum({int(flag) for flag in flags if isinstance(flag, re.RegexFlag)})


def collected() -> Iterator[dict[str, Any]]:
    for module in modules():
        name = module.__name__.removeprefix("onrecord.")
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        whole = fully_matched(tree)
        for attribute, value in vars(module).items():
            for pattern in held(value):
                yield entry(f"{name}.{attribute}", pattern.pattern, pattern.flags, attribute in whole)
        for line, pattern, flags, is_whole in inline(module, tree):
            yield entry(f"{name}, line {line}", pattern, re.compile(pattern, flags).flags, is_whole)


def entry(where: str, pattern: str | bytes, flags: int, is_whole: bool) -> dict[str, Any]:
    is_bytes = isinstance(pattern, bytes)
    text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
    return {"where": where, "pattern": text, "flags": flags, "bytes": is_bytes, "whole": is_whole}


if __name__ == "__main__":
    json.dump(list(collected()), sys.stdout)
