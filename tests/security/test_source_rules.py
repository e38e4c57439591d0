"""What the program's own source may hold: no shell, nothing that turns text or foreign bytes into code, no temporary
file in a folder that others may write to, and random numbers that nobody can guess where something depends on it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "imgur_sync"
CALLS = {"eval", "exec", "compile", "__import__", "system", "popen", "mktemp", "mkstemp", "NamedTemporaryFile", "execv"}
CALLS |= {"SpooledTemporaryFile", "TemporaryFile", "execve", "execvp", "spawnl", "spawnv", "fork", "runpy", "run_path"}
CALLS |= {"create_subprocess_shell", "getoutput", "getstatusoutput", "tmpnam", "extractall", "unpack_archive", "_exec"}
MODULES = {"pickle", "shelve", "dill", "yaml", "cPickle", "jsonpickle", "telnetlib", "ftplib", "xml", "lxml", "tarfile"}
MODULES |= {"zipfile", "pty", "code", "codeop", "cffi", "random", "requests", "urllib3", "smtplib", "subprocess"}
TEMPORARY = {"simulator/server.py", "cli/demo_stage.py", "state/git_ref.py", "state/git_copy.py"}
"""Of the local Imgur, the demo and shared states: folders made by TemporaryDirectory, which are 0700, for files of
their own."""
STARTS = {"cli/demo_stage.py", "watch/hook.py", "watch/hook_guard.py", "state/git_command.py", "local/lfs.py"}
STARTS |= {"simulator/around.py"}
"""Start the program itself, the command of the user's own settings, git, git lfs where that is asked for, and what the
user types behind `simulator --`, by argument lists; nothing else starts anything but a browser."""
CHANCE = {"executor/session.py", "watch/site.py"}
"""Draw when to wait a little longer, which nobody gains by guessing."""

OURS = re.compile(r"[a-z_]+|[A-Z_a-z]+\.(version|application_id)|number \+ 1")
"""Parts of statements: names of tables, and versions, which no statement can bind."""


@cache
def sources() -> dict[str, ast.Module]:
    """Every file of the package, parsed."""
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def called(node: ast.Call) -> str:
    """The last part of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_nothing_turns_text_into_code_or_runs_a_shell() -> None:
    """`compile` is that of regular expressions only; arguments of processes are lists."""
    found = []
    for place, module in sources().items():
        for node in ast.walk(module):
            if not isinstance(node, ast.Call):
                continue
            name = called(node)
            regular = (
                name == "compile" and isinstance(node.func, ast.Attribute) and ast.unparse(node.func) == "re.compile"
            )
            if (name in CALLS and not regular) or any(key.arg == "shell" for key in node.keywords):
                found.append(f"{place}:{node.lineno} {ast.unparse(node)[:60]}")
    assert found == []


def test_no_module_that_runs_what_it_reads_is_imported() -> None:
    """Nor one that starts processes, but in the file that shows the program at work."""
    found = []
    for place, module in sources().items():
        for node in ast.walk(module):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            strays = {name.split(".")[0] for name in names} & MODULES
            if place == "simulator/pages/zips.py":  # which writes albums for people to download, and never reads
                strays -= {"zipfile"}
            if strays and place not in STARTS | CHANCE:
                found.append(f"{place}:{node.lineno} {sorted(strays)}")
            if "tempfile" in names and place not in TEMPORARY:
                found.append(f"{place}:{node.lineno} tempfile")
            if "marshal" in names and place != "local/listing.py":  # which writes, to make a digest, and never reads
                found.append(f"{place}:{node.lineno} marshal")
    assert found == []


def test_marshal_never_reads() -> None:
    """Bytes from elsewhere could crash the interpreter or run in it."""
    module = sources()["local/listing.py"]
    calls = {ast.unparse(node.func) for node in ast.walk(module) if isinstance(node, ast.Call)}
    assert {call for call in calls if call.startswith("marshal.")} == {"marshal.dumps"}


def test_zips_are_written_and_never_read() -> None:
    """One from elsewhere could unpack to anything."""
    module = sources()["simulator/pages/zips.py"]
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
    ours = [ast.unparse(call) for call in calls if ast.unparse(call.func).startswith("zipfile.")]
    assert sorted(ours) == ["zipfile.ZipFile(sink, 'w')", "zipfile.ZipInfo(entry.name, when)"]
    assert not [node for node in ast.walk(module) if isinstance(node, ast.ImportFrom) and node.module == "zipfile"]


def test_tls_and_permissions_are_never_loosened() -> None:
    """No certificate goes unverified, and no file or folder is made that others may write to."""
    found = []
    for place, module in sources().items():
        for node in ast.walk(module):
            text = ast.unparse(node) if isinstance(node, ast.Attribute | ast.keyword) else ""
            if text in ("ssl.CERT_NONE", "ssl.CERT_OPTIONAL", "check_hostname=False", "verify=False"):
                found.append(f"{place}: {text}")
            if isinstance(node, ast.Call) and called(node) in ("chmod", "fchmod", "mkdir", "makedirs"):
                modes = [arg.value for arg in ast.walk(node) if isinstance(arg, ast.Constant)]
                found.extend(
                    f"{place}:{node.lineno} {mode:o}"
                    for mode in modes
                    if type(mode) is int and mode in range(1, 0o1000) and mode & 0o022
                )
    assert found == []


def test_sql_is_never_put_together_from_values() -> None:
    """Values are bound. Where a statement is joined, its parts are names and version numbers of ours."""
    found = []
    for place, module in sources().items():
        for node in ast.walk(module):
            if not isinstance(node, ast.Call) or not called(node).startswith("execute") or not node.args:
                continue
            statement = node.args[0]
            if isinstance(statement, ast.BinOp):
                found.append(f"{place}:{node.lineno} {ast.unparse(statement)[:60]}")
            elif isinstance(statement, ast.JoinedStr):
                parts = [ast.unparse(part.value) for part in statement.values if isinstance(part, ast.FormattedValue)]
                found += [f"{place}:{node.lineno} {part}" for part in parts if not OURS.fullmatch(part)]
    assert found == []
