"""More than three hundred names and texts that nobody means well with.

Each tries to be something else: a terminal's command, a CI runner's, markup, a script, a formula, another line, the end
of whatever it stands in.
"""

from __future__ import annotations

import os
import unicodedata

CONTROLS = [f"a{chr(code)}b" for code in (*range(1, 32), *range(127, 160))]
INVISIBLE = (0xAD, 0x34F, 0x61C, 0x115F, 0x180E, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070))
INVISIBLE += (0x3164, 0xFEFF, 0xFFF9, 0xFFFA, 0xFFFB, 0x1BCA0, 0x1D173, 0xE0001, 0xE0041, 0xE007F, 0xFE0F, 0xE0100)
HIDDEN = [f"photo{chr(code)}gpj.exe" for code in INVISIBLE]
ESCAPES = [
    "\x1b[31mred\x1b[0m",
    "\x1b]0;owned\x07",
    "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]52;c;cm0gLXJmIC8=\x07",
    "\x1b]1337;File=inline=1:AAAA\x07",
    "\x1bP+q544e\x1b\\",
    "\x1b_Gf=24;AAAA\x1b\\",
    "\x1b^private\x1b\\",
    "\x1b[6n",
    "\x1b[>c",
    "\x1bc",
    "\x1b[2J\x1b[H",
    "\x1b[?1049h",
    "\x1b[8m hidden",
    "\x9b31m",
    "\x9d0;owned\x9c",
    "\x90q\x9c",
    "a\rb",
    "a\x08\x08\x08b",
    "tab\there",
    "bell\x07",
    "\x0e\x0f",
    "\x1b[1A\x1b[2K covered",
]
RUNNERS = [
    f"{lead}{command}"
    for lead in ("", " ", "\n", "\r", "\r\n", "\t", "\x0b", "\x85", "\u2028", "\xa0", "\u3000", "\ufeff")
    for command in ("::set-output name=x::y", "::error file=a::b", "::add-mask::*", "##[error]x", "##vso[task.x]y")
]
MARKUP = [
    "<script>document.title='owned'</script>",
    "</script><script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=\'owned\'">',
    "'><svg onload=document.title='owned'>",
    "</title><script>document.title='owned'</script>",
    "</style><script>document.title='owned'</script>",
    "</details></section><h1>owned</h1>",
    "</textarea><iframe srcdoc='<script>parent.document.title=1</script>'>",
    '" onmouseover="document.title=1',
    "' autofocus onfocus='document.title=1",
    "<!-- ",
    "--> x",
    "<![CDATA[x",
    "]]>",
    "<?php x ?>",
    "&lt;b&gt;",
    "&#60;script&#62;",
    "&amp",
    "<a href=javascript:document.title=1>x</a>",
    "<base href=http://evil.example>",
    "<meta http-equiv=refresh content=0;url=http://evil.example>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>*{display:none}</style>",
    "<form action=//evil.example><input name=x>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=document.title=1&gt;">',
    "\uff1cscript\uff1e",
    "<\x00script>",
    "<scr\nipt>",
    "javascript:document.title=1",
    "data:text/html,<script>1</script>",
    "{{constructor.constructor('x')()}}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "[x](javascript:document.title=1)",
    "![x](http://evil.example/x.png)",
    "](http://evil.example)",
    "[x]: http://evil.example",
    "<http://evil.example>",
    "http://evil.example/",
    "https://evil.example",
    "www.evil.example",
    "WWW.evil.example",
    "_www.evil.example",
    "mail@evil.example",
    "`code`",
    "```\ncode",
    "~~~",
    "**bold**",
    "__bold__",
    "*x*",
    "_x_",
    "~~x~~",
    "# heading",
    "===",
    "---",
    "> quote",
    "- [ ] task",
    "1. one",
    "| a | b |",
    "|---|",
    "$x^2$",
    "$$x$$",
    "@team",
    "@org/team",
    "cc @everyone",
    "#123",
    "GH-123",
    "gh-1",
    "org/repo#1",
    ":smile:",
    "[^1]",
    "\\",
    "\\\\",
    "a\\](http://evil.example)",
    "\\@team",
    "[/url][url=http://evil.example]x[/url]",
    "[img]http://evil.example/x.png[/img]",
    "[b]",
    "[url=javascript:1]x",
]
FORMULAS = [
    f"{lead}{sign}{rest}"
    for lead in ("", " ", "\t", "\r", "\n", '"', "'", "\xa0")
    for sign in ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
    for rest in ("cmd|' /C calc'!A0",)
]
FORMULAS += ['=HYPERLINK("http://evil.example","x")', "=1+1", "-2+3", "a,b;c", '"quoted"', '","=1+1', '";"=1', "|calc"]
SHELLS = [
    "$(touch owned)",
    "`touch owned`",
    "; touch owned",
    "| touch owned",
    "&& touch owned",
    "> owned",
    "< /etc/passwd",
    "'; touch owned; '",
    '"; touch owned; "',
    "$IFS",
    "!!",
    "~root",
    "*",
    "?",
    "{a,b}",
    "-rf",
    "--approve",
    "--allow-root=",
    "%s%s%n",
    "{0.__class__}",
    "{x}",
    "%(x)s",
    "\\x1b[31m",
    "\\u001b",
    "\\N{BELL}",
]
JSONS = [
    '","x":"',
    '"}',
    "\\",
    '\\"',
    "\u2028",
    "\u2029",
    "\ud7ff",
    "\ufffe",
    "null",
    "NaN",
    "1e999",
    "__proto__",
    "]]}",
]
OTHERS = [
    "x" * 240,
    "é" * 120,
    "👩‍👩‍👧" * 10,
    "e\u0301" * 60,
    "Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a",
    "\u00e9",
    "e\u0301",
    "\u212b",
    "\u0130i\u0131I",
    "ß",
    "日本語",
    "עברית",
    "\u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "CON",
    "aux",
    "NUL",
    "lpt1",
    "a ",
    " a",
    "a.",
    "...",
    "[red]x[/red]",
    "[link=http://evil.example]x[/link]",
    "[/]",
    "\U0010ffff",
    "\ue000",
    "a\u0338b",
    "\ufdd0",
]
RAW = [
    b"\xff\xfe",
    b"\x80",
    b"caf\xe9",
    b"\xc0\xae\xc0\xae",
    b"\xed\xa0\x80",
    b"\x9b31m",
    b"\xf4\x90\x80\x80",
    b"a\x85b",
]

TEXTS = list(dict.fromkeys([*CONTROLS, *HIDDEN, *ESCAPES, *RUNNERS, *MARKUP, *FORMULAS, *SHELLS, *JSONS, *OTHERS]))
"""As a title, a description, an account's name, an album's key."""


def file_names() -> list[bytes]:
    """The corpus as names of files: what no name can be (NUL, a slash, too long) is left out of each."""
    names = [text.replace("/", "\u2215").replace("\0", "").encode("utf-8", "surrogatepass")[:240] for text in TEXTS]
    return [name + b".png" for name in dict.fromkeys([*names, *RAW])]


def shown_hidden(text: str) -> list[str]:
    """The characters of a text that are seen by no one, or turn others around; line ends aside. Joiners that scripts
    need are let through."""
    kinds = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return [ascii(char) for char in text if char not in "\n\u200c\u200d" and unicodedata.category(char) in kinds]


def written(folder: str, data: list[bytes]) -> None:
    """One file of each name in the folder, with the contents in turn."""
    for name, content in zip(file_names(), data, strict=True):
        with open(os.path.join(os.fsencode(folder), name), "xb") as file:
            file.write(content)
