#!/usr/bin/env python3
"""A hook that shows a notification: for uploads with the newest link, for what went wrong with what to type.

--copy also puts the newest link on the desktop's clipboard (wl-copy or xclip), as for a screenshot taken a moment ago.
"""

import html
import json
import shutil
import subprocess
import sys


def newest(manifest: str) -> str:
    """The link of the picture uploaded last, "" where there is none."""
    command = ["imgur-sync", *(["--file", manifest] if manifest else []), "links", "--last"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def copy(link: str) -> None:
    """Through a program that stays to hand the text out: in a session of its own, else it would end with the hook."""
    for command in (["wl-copy"], ["xclip", "-selection", "clipboard"]):
        if shutil.which(command[0]):
            nowhere = subprocess.DEVNULL
            with subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere, text=True, start_new_session=True
            ) as process:
                process.communicate(link, timeout=10)
            return


def main() -> None:
    """One document on stdin; nothing is shown for a run that changed nothing and failed in nothing."""
    told = json.load(sys.stdin)
    lines = [told["summary"]]
    wrong = told["event"] == "gate" or told["exit_code"] not in (0, 6)
    if told["event"] == "gate":
        lines.append(told["type"] or told["remedy"])
    elif told.get("uploaded"):
        link = newest(told["manifest"])
        lines.append(link)
        if link and "--copy" in sys.argv[1:]:
            copy(link)
    elif not wrong and not told["changed"]:
        return
    body = html.escape("\n".join(filter(None, lines)), quote=False)
    urgency = "critical" if wrong else "normal"
    subprocess.run(
        ["notify-send", "--app-name=imgur-sync", f"--urgency={urgency}", "--", "imgur-sync", body],
        timeout=20,
        check=True,
    )


if __name__ == "__main__":
    main()
