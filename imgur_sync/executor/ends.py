"""The errors that end a run, by what Imgur or the network answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgur_sync.errors import CredentialsError, ImgurSyncError, TryAgainLaterError, UnreachableError

if TYPE_CHECKING:
    from imgur_sync.model.outcome import Problem


def error_of(problem: Problem) -> ImgurSyncError:
    """The error that ends a run for this problem."""
    from imgur_sync.model.outcome import ProblemKind

    if problem.kind in (ProblemKind.CREDENTIALS, ProblemKind.CLIENT):
        hint = (
            "log in again: imgur-sync login; or give another refresh token, in IMGUR_SYNC_REFRESH_TOKEN. "
            "To check everything: imgur-sync doctor"
        )
        if "client_id" in problem.detail.lower():
            hint = "check IMGUR_SYNC_CLIENT_ID"
        told = problem.detail if "Imgur" in problem.detail else f"Imgur refuses the credentials ({problem.detail})"
        return CredentialsError(told, hint="" if "IMGUR_SYNC_" in problem.detail else hint)
    later = "nothing is lost; try again later"
    if problem.kind in (ProblemKind.NETWORK, ProblemKind.TIMEOUT):
        return UnreachableError(f"Imgur could not be reached: {problem.detail}", hint=later)
    hints = {
        ProblemKind.OVER_CAPACITY: "Imgur throttles this address or is overloaded; try again in an hour",
        ProblemKind.COUNTRY: "Imgur refuses requests from this region or network",
        ProblemKind.TLS: "the connection to Imgur is not trustworthy; there is no way to switch the check off",
    }
    request = f" (request {problem.request_id})" if problem.request_id else ""
    return TryAgainLaterError(
        f"Imgur cannot be used now: {problem.detail}{request}", hint=hints.get(problem.kind, later)
    )
