"""What a workflow finds on its runner beside imgur-sync: `gh` and `curl`, which talk to a forge that is one JSON file,
and a `python` whose pip installs nothing.

Started as `python forge.py TOOL FILE ARGUMENTS…` by the scripts that `tools` writes. Only what workflow files of ours
ask for is understood; anything else fails.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

BOT = "github-actions[bot]"
ME = 7


def tools(folder: Path, forge: Path) -> None:
    """Write the scripts into a folder that comes first in PATH."""
    folder.mkdir(parents=True)
    for name in ("gh", "curl", "python"):
        script = folder / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{__file__}" {name} "{forge}" "$@"\n', encoding="utf-8")
        script.chmod(0o755)


def fresh() -> dict[str, Any]:
    """A forge without anything: requests by number, comments, issues."""
    return {"requests": {}, "comments": [], "issues": [], "said": []}


def gh(forge: dict[str, Any], arguments: list[str]) -> str:
    """`gh api`: comments, issues and the pull requests of a commit."""
    import jq

    assert arguments.pop(0) == "api", arguments
    method, query, fields, path = "GET", "", {}, ""
    while arguments:
        word = arguments.pop(0)
        match word:
            case "--paginate":
                pass
            case "--method":
                method = arguments.pop(0)
            case "--jq":
                query = arguments.pop(0)
            case "-F" | "-f":
                name, _, value = arguments.pop(0).partition("=")
                fields[name] = Path(value[1:]).read_text() if word == "-F" and value.startswith("@") else value
            case _:
                path = word
    forge["said"].append(f"{method} {path}")
    reply = _github(forge, method, path, fields)
    if not query:
        return json.dumps(reply)
    found = jq.compile(query).input_value(reply).all()
    return "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in found)


def _github(forge: dict[str, Any], method: str, path: str, fields: dict[str, str]) -> Any:
    what = urlsplit(path).path.removeprefix("repos/team/albums/")
    if pulls := re.fullmatch(r"commits/(\w+)/pulls", what):
        return [
            {"number": int(number), "merged_at": one["merged"] or None, "base": {"ref": one.get("base", "main")}}
            for number, one in forge["requests"].items()
            if one["commit"] == pulls[1]
        ]
    if comments := re.fullmatch(r"issues/(\d+)/comments", what):
        return _comments(forge, method, int(comments[1]), fields.get("body", ""))
    if comment := re.fullmatch(r"issues/comments/(\d+)", what):
        found = next(one for one in forge["comments"] if one["id"] == int(comment[1]))
        found.update(fields if method == "PATCH" else {})
        return found
    return _issues(forge, method, what, fields)


def _comments(forge: dict[str, Any], method: str, request: int, body: str) -> Any:
    if method == "POST":
        number = 1000 + len(forge["comments"])
        mine = {"id": number, "request": request, "user": {"login": BOT}, "author": {"id": ME}, "body": body}
        forge["comments"].append(mine)
        return mine
    return [one for one in forge["comments"] if one["request"] == request]


def _issues(forge: dict[str, Any], method: str, what: str, fields: dict[str, str]) -> Any:
    if what == "issues" and method == "POST":
        issue = {"number": 1 + len(forge["issues"]), "iid": 1 + len(forge["issues"]), "state": "open", **fields}
        forge["issues"].append(issue)
        return issue
    if what == "issues":
        return [one for one in forge["issues"] if one["state"] == "open"]
    issue = forge["issues"][int(what.removeprefix("issues/")) - 1]
    issue.update(fields)
    return issue


def curl(forge: dict[str, Any], arguments: list[str]) -> str:
    """GitLab's API: the user, notes, issues and the merge requests of a commit."""
    method, fields, address, token = "GET", {}, "", ""
    while arguments:
        word = arguments.pop(0)
        match word:
            case "--silent" | "--show-error" | "--fail":
                pass
            case "--request":
                method = arguments.pop(0)
            case "--header":
                token = arguments.pop(0)
            case "--data-urlencode":
                given = re.fullmatch(r"(\w+)([=@])(.*)", arguments.pop(0), re.DOTALL)
                assert given is not None
                fields[given[1]] = Path(given[3]).read_text() if given[2] == "@" else given[3]
            case _:
                address = word
    assert token == "PRIVATE-TOKEN: canary-gitlab-token", "no token"
    forge["said"].append(f"{method} {unquote(address)}")
    return json.dumps(_gitlab(forge, method, address, fields))


def _gitlab(forge: dict[str, Any], method: str, address: str, fields: dict[str, str]) -> Any:
    if address.endswith("/api/v4/user"):
        return {"id": ME}
    what = urlsplit(address).path.partition("/projects/5/")[2]
    if merged := re.fullmatch(r"repository/commits/(\w+)/merge_requests", what):
        return [
            {"iid": int(number), "state": "merged" if one["merged"] else "opened"}
            for number, one in forge["requests"].items()
            if one["commit"] == merged[1]
        ]
    if notes := re.fullmatch(r"merge_requests/(\d+)/notes", what):
        found = _comments(forge, method, int(notes[1]), fields.get("body", ""))
        return found if method == "POST" else _page(found, address)
    if note := re.fullmatch(r"merge_requests/(\d+)/notes/(\d+)", what):
        found = next(one for one in forge["comments"] if one["id"] == int(note[2]))
        found.update(fields)
        return found
    asked = parse_qs(urlsplit(address).query)
    assert asked.get("state") in (None, ["opened"])
    renamed = {("body" if name == "description" else name): value for name, value in fields.items()}
    if renamed.pop("state_event", "") == "close":
        renamed["state"] = "closed"
    reply = _issues(forge, "PATCH" if method == "PUT" else method, what, renamed)
    # Who made an issue is looked at only where it is asked for; without a scope GitLab lists everybody's.
    mine = asked.get("scope") == ["created_by_me"]
    return [one for one in reply if not mine or one.get("author", {"id": ME})["id"] == ME] if asked else reply


def _page(notes: list[Any], address: str) -> list[Any]:
    """The page that is asked for; what is not said is as there: twenty a page, the newest first."""
    asked = {name: values[-1] for name, values in parse_qs(urlsplit(address).query).items()}
    size, first = min(int(asked.get("per_page", "20")), 100), int(asked.get("page", "1")) - 1
    ordered = notes if asked.get("sort", "desc") == "asc" else notes[::-1]
    return ordered[first * size : (first + 1) * size]


def main(tool: str, place: str, arguments: list[str]) -> int:
    """One call of a tool."""
    if tool == "python":
        if arguments[:3] == ["-m", "pip", "install"]:
            return 0
        os.execv(sys.executable, [sys.executable, *arguments])
    path = Path(place)
    forge = json.loads(path.read_text())
    text = (gh if tool == "gh" else curl)(forge, arguments)
    path.write_text(json.dumps(forge))
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
