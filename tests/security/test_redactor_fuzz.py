"""The redactor against disguises on top of disguises, many secrets at once, and texts that are nothing but trouble."""

from __future__ import annotations

import base64
import html
import json
import logging
import string
import textwrap
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imgur_sync.cli.logs import RedactingFormatter
from imgur_sync.cli.redaction import BLOT, Redactor
from tests.security.canaries import THOROUGH, acting

EXAMPLES = 3_000 if THOROUGH else 20
VISIBLE = "".join(chr(code) for code in range(0x21, 0x7F))
SECRETS = st.one_of(
    st.text("0123456789abcdef", min_size=40, max_size=40),
    st.text(string.ascii_letters + string.digits, min_size=12, max_size=60),
    st.text(VISIBLE, min_size=12, max_size=60),
).filter(lambda text: len(set(text)) > 5)
DISGUISES: dict[str, Callable[[str], str]] = {
    "itself": str,
    "URL-encoded": lambda text: quote(text, safe=""),
    "URL-encoded in small letters": lambda text: quote_lower(quote(text, safe="")),
    "URL-encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "a form": lambda text: urlencode({"x": text}),
    "a form's value": quote_plus,
    "JSON": json.dumps,
    "JSON in ASCII, with a neighbour": lambda text: json.dumps({"a": [text], "é": "ü"}),
    "repr": repr,
    "repr of bytes": lambda text: repr(text.encode()),
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal in capitals": lambda text: text.encode().hex().upper(),
    "HTML": html.escape,
    "HTML without quotes": lambda text: html.escape(text, quote=False),
    "a header": lambda text: f"Authorization: Basic {base64.b64encode(text.encode()).decode()}",
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "wrapped at 20": lambda text: "\n".join(textwrap.wrap(text, 20)) if "-" not in text else text,
    "a line each character": "\n".join,
}


def quote_lower(encoded: str) -> str:
    """Percent-encoding with small letters, as some servers write it."""
    parts = encoded.split("%")
    return parts[0] + "".join(f"%{part[:2].lower()}{part[2:]}" for part in parts[1:])


@pytest.mark.parametrize("name", DISGUISES)
@settings(max_examples=EXAMPLES, deadline=None)
@given(secret=SECRETS, before=st.text(max_size=30), after=st.text(max_size=30))
def test_a_known_secret_never_comes_through(name: str, secret: str, before: str, after: str) -> None:
    """Neither it nor ten characters of its middle, in what was put on it or without it."""
    redactor = Redactor()
    redactor.know(secret)
    text = redactor.redact(f"{before} {DISGUISES[name](secret)} {after}")
    assert BLOT in text
    around = before + after
    for form in (str, *DISGUISES.values()):
        core = form(secret)[2:-2]
        if len(core) >= 10 and core not in around and form is DISGUISES[name]:
            assert core not in text


@settings(max_examples=EXAMPLES // 6, deadline=None)
@given(st.lists(SECRETS, min_size=2, max_size=4, unique=True))
def test_many_secrets_glued_together_all_go(secrets: list[str]) -> None:
    """Also where one is the beginning of another, and where nothing stands between them."""
    redactor = Redactor()
    known = [*secrets, secrets[0][:8] + "zzzz", secrets[0] + secrets[1]]
    redactor.know(*known)
    text = redactor.redact("".join(known))
    assert not [secret for secret in known if secret in text]
    assert len(text) < len("".join(known))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.text(max_size=2_000))
def test_any_text_is_taken_and_twice_is_as_once(text: str) -> None:
    """Total, and idempotent; a text without secrets that looks like none stays."""
    redactor = Redactor()
    redactor.know("s3cr3t-canary-0123456789")
    once = redactor.redact(text)
    assert redactor.redact(once) == once


@settings(max_examples=EXAMPLES, deadline=None)
@given(SECRETS, st.text(max_size=40))
def test_a_record_with_a_traceback_is_clean_and_inert(secret: str, words: str) -> None:
    """Format, arguments, exception, its cause and its notes; no control character but line ends."""
    redactor = Redactor()
    redactor.know(secret)
    formatter = RedactingFormatter(redactor, "%(levelname)s %(name)s: %(message)s")
    try:
        try:
            raise ValueError(secret)
        except ValueError as error:
            error.add_note(f"note {secret}")
            raise KeyError({words: secret}) from error
    except KeyError as error:
        trace = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, f"{words} %s", ({"a": secret},), trace)
    record.msg = record.msg.replace("%", "%%").replace("%%s", "%s") if "%" in words else record.msg
    try:
        text = formatter.format(record)
    except (TypeError, ValueError):  # the words hold a format of their own: logging drops such a record
        return
    assert secret not in text
    assert [found for found in acting(text) if "::" not in found or not found.startswith("'Traceback")] == []


def test_no_text_takes_long() -> None:
    """No pattern runs away on a long line: much of what secrets begin with is done at once."""
    redactor = Redactor()
    redactor.know(*("a" * 39 + str(number) for number in range(10)))
    for text in ("a" * 20_000, "access_token=" * 80_000, "Bearer " * 150_000, "%2" * 500_000, "\n " * 500_000):
        assert len(redactor.redact(text)) <= 2 * len(text)
