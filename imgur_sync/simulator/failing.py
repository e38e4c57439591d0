"""What is told when this machine fails the local Imgur, as by a full disk: no reply of Imgur's is like it."""

from __future__ import annotations

import contextlib

from werkzeug.wrappers import Response

from imgur_sync.simulator.replies import JSON_TYPE, Refusal, Reply, compact, refused
from imgur_sync.simulator.sent import Sent
from imgur_sync.simulator.storage import NotWritten


def failed(error: OSError, sent: Sent) -> Response:
    """The 500 of a request that was not served: in the wrapper, as `{"error": …}` of steering, as text of a page.

    One line on the server's stderr says the same, if that can be written.
    """
    what = "cannot write to its folder" if isinstance(error, NotWritten) else "cannot serve this"
    text = f"the local Imgur {what}: {error.strerror or error}"
    with contextlib.suppress(OSError):  # stderr may be a file on the same disk
        errors = sent.environ["wsgi.errors"]
        errors.write(f"{sent.method} {sent.path}: {text}\n")
        errors.flush()
    reply = _reply(text, sent)
    return Response(reply.body, status=reply.status, content_type=reply.content_type)


def _reply(text: str, sent: Sent) -> Reply:
    if sent.path.startswith("/_simulator/"):
        return Reply(500, compact({"error": text}), JSON_TYPE)
    if sent.path.startswith(("/3/", "/oauth2/", "/post/")):
        return refused(Refusal(500, text), sent.method, sent.path, new=False, number=0)
    return Reply(500, f"{text}\n".encode(), "text/plain")
