"""Nothing secret gets out, however it is dressed up."""

from __future__ import annotations

import base64
import io
import json
import logging
import random
import string
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imgur_sync.cli.logs import RedactingFormatter, log_to_stderr
from imgur_sync.cli.redaction import Redactor

SECRETS = st.text(string.ascii_letters + string.digits + '-._~+/="\\&<>é', min_size=6, max_size=60).filter(
    lambda text: len(set(text)) > 3
)


def split(text: str, chance: random.Random) -> str:
    """The text over several indented lines."""
    cut = chance.randrange(1, len(text))
    return text[:cut] + "\n    " + text[cut:]


@settings(max_examples=200, deadline=None)
@given(SECRETS, st.text(max_size=20), st.text(max_size=20), st.randoms(use_true_random=False))
def test_a_known_secret_is_blotted_out_in_every_disguise(
    secret: str, before: str, after: str, chance: random.Random
) -> None:
    """As it is, URL-encoded, JSON-escaped, in base64 anywhere in a longer text, and split over lines."""
    redactor = Redactor()
    redactor.know(secret)
    dressed = {
        secret,
        quote(secret, safe=""),
        json.dumps(secret),
        json.dumps(secret, ensure_ascii=True),
        split(secret, chance),
        split(quote(secret, safe=""), chance),
    }
    for form in dressed:
        text = redactor.redact(before + form + after)
        for shown in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1]):
            assert shown not in text.replace("\n    ", "")


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=12),
    st.text(string.ascii_letters + string.digits, min_size=12, max_size=60),
    st.binary(max_size=12),
)
def test_base64_around_a_secret_does_not_hide_it(before: bytes, secret: str, after: bytes) -> None:
    """What is left of the encoding does not decode to the secret."""
    redactor = Redactor()
    redactor.know(secret)
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = redactor.redact(encode(before + secret.encode() + after).decode())
        assert "***" in text
        rest = text.replace("***", "").replace("-", "+").replace("_", "/").rstrip("=")
        decoded = base64.b64decode(rest + "=" * (-len(rest) % 4) if len(rest) % 4 != 1 else rest[:-1] + "===")
        assert secret.encode()[1:-1] not in decoded


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abc.DEF-123",
        "{'Authorization': 'Bearer abc.DEF-123'}",
        "access_token=abc.DEF-123&x=1",
        "https://host/#access_token=abc.DEF-123",
        "refresh_token: abc.DEF-123",
        '{"refresh_token": "abc.DEF-123"}',
        '{\\"client_secret\\": \\"abc.DEF-123\\"}',
        "client_secret%3Dabc.DEF-123",
        "deletehash='abc.DEF-123'",
        "DELETEHASH = abc.DEF-123",
        "Bearer%20abc.DEF-123",
    ],
)
def test_what_looks_like_a_secret_is_blotted_out(text: str) -> None:
    """Also when nobody told the value beforehand."""
    redacted = Redactor().redact(text)
    assert "abc" not in redacted
    assert "DEF-123" not in redacted
    assert "***" in redacted
    assert Redactor().redact(redacted) == redacted


def test_a_secret_that_becomes_known_late_is_blotted_out_from_then_on() -> None:
    """A token that was refreshed in the middle of a run, after something was told already."""
    redactor = Redactor()
    redactor.know("first-secret")
    assert redactor.redact("first-secret second-secret") == "*** second-secret"
    redactor.know("second-secret")
    assert redactor.redact("first-secret second-secret") == "*** ***"


def test_ordinary_text_stays() -> None:
    """Short values are no secrets, and the names of secrets are words."""
    redactor = Redactor()
    redactor.know("", "cats", "abc")
    for text in ("cats: 3 pictures up", "abc.jpg", "a token", "access_token is missing"):
        assert redactor.redact(text) == text


def test_log_records_lose_secrets_from_arguments_and_exceptions() -> None:
    """The finished text is what is cleaned: format, arguments, traceback."""
    redactor = Redactor()
    redactor.know("s3cr3t-canary")
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter(redactor, "%(message)s"))
    logger = logging.Logger("alone")
    logger.addHandler(handler)
    try:
        raise ValueError("access_token=xyz987")
    except ValueError:
        logger.exception("headers %s of %r", {"a": "s3cr3t-canary"}, "Bearer xyz987")
    assert "canary" not in stream.getvalue()
    assert "xyz987" not in stream.getvalue()
    assert "ValueError" in stream.getvalue()


def test_libraries_that_log_addresses_are_heard_with_debug_only(
    in_process: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """-v tells what imgur-sync does; --debug adds the libraries, through the same filter. Asked twice, told once."""
    log_to_stderr(debug=False)
    logging.getLogger("httpx").info("HTTP Request: GET https://x/?access_token=xyz987")
    logging.getLogger("imgur_sync.test").info("hello")
    log_to_stderr(debug=True)
    logging.getLogger("httpx").info("HTTP Request: GET https://x/?access_token=xyz987")
    for name in ("httpx", "httpcore", "waitress", "watchdog"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    sys.stderr.flush()
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["INFO imgur_sync.test: hello", "INFO httpx: HTTP Request: GET https://x/?access_token=***"]


def test_a_json_document_stays_one() -> None:
    """The quote behind a token is escaped there, and so it stays."""
    told = {"message": 'it sent "Bearer abcdef", and \'{"access_token": "ghijkl"}\''}
    document = json.loads(Redactor().redact(json.dumps(told)))
    assert document == {"message": 'it sent "Bearer ***", and \'{"access_token": "***"}\''}
