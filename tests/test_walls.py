"""The walls of the architecture: sizes, names, imports, and no check switched off."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "imgur_sync"
FILES = sorted(PACKAGE.rglob("*.py"))
VAGUE = re.compile(r"^(utils?|helpers?|common|manager|base|misc)\.py$")
SILENCED = re.compile(r"# *(noqa|type: *ignore|pragma: *no cover)|\b(TODO|FIXME|XXX)\b|NotImplementedError")


def tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def test_a_file_is_at_most_300_lines() -> None:
    """One idea a file."""
    long = {str(path.relative_to(ROOT)): n for path in FILES if (n := path.read_text().count("\n")) > 300}
    assert not long


def test_a_function_is_at_most_40_lines() -> None:
    """From `def` to its last line, docstring and all."""
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > 40
    ]
    assert not long


def test_no_file_has_a_name_that_says_nothing() -> None:
    """No utils, helpers, common, manager, base, misc."""
    assert not [str(path) for path in FILES if VAGUE.match(path.name)]


def test_no_check_is_switched_off_in_the_product() -> None:
    """No silenced linter or type checker, no stub, no note to self."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in FILES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if SILENCED.search(line)
    ]
    assert not found


def test_every_public_thing_has_a_docstring() -> None:
    """Modules, classes and functions that others may use say what they promise."""
    bare: list[str] = []
    for path in FILES:
        module = tree(path)
        if not ast.get_docstring(module):
            bare.append(str(path.relative_to(ROOT)))
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                nested = isinstance(node, ast.FunctionDef) and _is_nested(module, node)
                if not ast.get_docstring(node) and not nested:
                    bare.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert not bare


def _is_nested(module: ast.Module, function: ast.FunctionDef) -> bool:
    """Whether a function stands inside another one."""
    return any(
        function in ast.walk(outer) and outer is not function
        for outer in ast.walk(module)
        if isinstance(outer, ast.FunctionDef)
    )


def test_values_are_frozen() -> None:
    """Every dataclass in model/ is frozen and slotted."""
    loose: list[str] = []
    for path in sorted((PACKAGE / "model").glob("*.py")):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                for decorator in node.decorator_list:
                    text = ast.unparse(decorator)
                    if text.startswith("dataclass") and not ("frozen=True" in text and "slots=True" in text):
                        loose.append(f"{path.name} {node.name}")
    assert not loose


def test_no_shell_eval_pickle_or_yaml() -> None:
    """Nothing in the product runs a shell, evaluates text or unpickles."""
    calls = {"eval", "exec", "system", "popen"}
    modules = {"pickle", "shelve", "yaml", "dill"}
    found: list[str] = []
    for path in FILES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                shell = any(k.arg == "shell" and getattr(k.value, "value", False) for k in node.keywords)
                if name in calls or shell:
                    found.append(f"{path.name}:{node.lineno}")
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found.extend(f"{path.name}:{node.lineno}" for name in names if name.split(".")[0] in modules)
    assert not found


def test_the_import_contracts_hold() -> None:
    """Imports point inwards; the simulator stands alone; each outside library has its one room."""
    lint = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("httpx", {"imgur/transport.py", "imgur/deadline.py"}),
        ("sqlite3", {"state"}),
        ("flask", {"simulator"}),
        ("waitress", {"simulator"}),
        ("watchdog", {"local"}),
        ("pydantic", {"manifest", "settings.py", "report/plan_reading.py"}),
        ("pydantic_settings", {"settings.py"}),
        ("rich", {"report"}),
        ("click", {"cli"}),
    ],
)
def test_each_library_is_imported_in_its_room_only(library: str, rooms: set[str]) -> None:
    """Swapping a library means touching one room."""
    strays: list[str] = []
    for path in FILES:
        place = path.relative_to(PACKAGE).as_posix()
        for node in ast.walk(tree(path)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == library for name in names) and not any(
                place == room or place.startswith(f"{room}/") for room in rooms
            ):
                strays.append(place)
    assert not strays


def test_the_command_line_starts_with_click_and_the_standard_library_only() -> None:
    """`cli/__init__` imports nothing else when the module is loaded."""
    allowed = set(sys.stdlib_module_names) | {"click", "imgur_sync"}
    module = tree(PACKAGE / "cli" / "__init__.py")
    for node in module.body:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert all(name.split(".")[0] in allowed for name in names)


def test_the_top_level_holds_what_was_agreed() -> None:
    """Nothing is tracked at the top but the agreed files and what convention demands."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    tops = {line.split("/")[0] for line in listed.stdout.splitlines()}
    expected = {"imgur_sync", "examples", "tests", "pyproject.toml", "sync.example.toml", "constraints.txt", "docs"}
    convention = {"README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md", "CONTRIBUTING.md"}
    assert {top for top in tops if not top.startswith(".")} <= expected | convention
