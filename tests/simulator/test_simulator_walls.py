"""The simulator stands alone, and every route says where it is known from."""

import ast
import re
from pathlib import Path

from imgur_sync import simulator
from imgur_sync.simulator.app import ROOMS

FOLDER = Path(simulator.__file__).parent


def imported():
    for file in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom):
                yield node.module or ""
            elif isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)


def test_it_imports_nothing_of_ours_and_no_database():
    names = set(imported())
    assert {name for name in names if name.startswith("imgur_sync")} <= {
        ".".join(file.relative_to(FOLDER.parents[1]).with_suffix("").parts).removesuffix(".__init__")
        for file in FOLDER.rglob("*.py")
    }
    assert not {"sqlite3", "httpx"} & {name.partition(".")[0] for name in names}


def test_every_route_cites_its_confidence():
    routes = [route for room in ROOMS for route in room.all]
    assert len(routes) > 25
    for route in routes:
        assert re.search(r"\b[HML]\b", route.handler.__doc__ or ""), route.rules
