"""Names and texts that nobody means well with."""

from __future__ import annotations

NAMES = (
    b"new\nline.png",
    b"tab\there.png",
    b"escape\x1b[31mred\x1b[0m.png",
    b"title\x1b]0;owned\x07.png",
    b"carriage\rreturn.png",
    b"::set-output name=x::y.png",
    b"##[error]no.png",
    b"::add-mask::.png",
    "right‮gnp.left.png".encode(),
    "\u2066isolate\u2069.png".encode(),
    "zero\u200bwidth.png".encode(),
    "c1\u0085control.png".encode(),
    b"not utf-8 \xff\xfe.png",
    b"latin\xe9.png",
    b"'quotes' and \"quotes\".png",
    b"$(touch owned) `touch owned`.png",
    b"; rm -rf x.png",
    b"%s %n %d {0} {stem}.png",
    b"@everyone <script>alert(1)<script>.png",
    b"<details> [x](javascript:1) ![](x) | a.png",
    b"-rf.png",
    b"--delete.png",
    b" leading and trailing .png",
    b"\\back\\slash.png",
    b"del\x7f.png",
    b"a" * 251 + b".png",
    "e\u0301 decomposed.png".encode(),
    "\u00e9 composed.png".encode(),
    b"=cmd|' C calc'!A0.png",
    b"con.png",
)
"""File names as bytes, each of a picture."""
