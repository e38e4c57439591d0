"""Which servers are trusted: those whose certificate this machine's authorities signed, and no way around it."""

from __future__ import annotations

import os
import ssl
import sys


def tls_context(*, trusting: bool) -> ssl.SSLContext:
    """TLS 1.2 or newer, verified against this machine's certificates; against httpx's own if it has none.

    Where no https can be spoken (`trusting` is False) nothing is loaded, and nothing would be trusted. SSLKEYLOGFILE is
    not heeded, as `ssl.create_default_context` would: the keys in that file give the tokens away.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not trusting:
        return context
    context.load_default_certs()
    for flag in ("VERIFY_X509_PARTIAL_CHAIN", "VERIFY_X509_STRICT") if sys.version_info >= (3, 13) else ():
        context.verify_flags |= getattr(ssl, flag)  # as create_default_context does from that version on
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    places = ssl.get_default_verify_paths()
    if places.cafile is None and not (places.capath and os.listdir(places.capath)):
        import certifi  # httpx brings it along

        context.load_verify_locations(certifi.where())
    return context
