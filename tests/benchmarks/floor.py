"""The least that Python can do: list every folder and stat every file, in one process. The denominator of P4.

`python -m tests.benchmarks.floor FOLDER`; needs nothing of the product.
"""

from __future__ import annotations

import os
import sys


def visit(folder: str) -> int:
    """List `folder` and all below it and stat every entry; returns the number of files."""
    files = 0
    stack = [folder]
    while stack:
        with os.scandir(stack.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    stack.append(entry.path)
                else:
                    entry.stat(follow_symlinks=False)
                    files += 1
    return files


if __name__ == "__main__":
    print(visit(sys.argv[1]))
