"""The credit ledger as a command line asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgur_sync.executor import Options, SystemClock
from imgur_sync.model.spec import AccountSpec, BudgetSpec

if TYPE_CHECKING:
    from imgur_sync.settings import Settings
    from imgur_sync.state.ledger import SqliteLedger


def ledger_of(
    budget: BudgetSpec,
    settings: Settings,
    max_credits: int | None,
    account: AccountSpec,
    options: Options | None = None,
    *,
    asks_anyway: bool = False,
) -> SqliteLedger:
    """The ledger for an account, with the caps of its manifest and command line. `options` hold the approvals;
    `asks_anyway` is for finding out whether Imgur still refuses."""
    from imgur_sync.model.plan import GateName
    from imgur_sync.state.ledger import Caps, SqliteLedger

    return SqliteLedger(
        settings.directories.state / "ledger.db",
        origin=settings.api_url,
        client_id=settings.client_id or "",
        account="" if account.anonymous else settings.profile,  # without an account it is the address that counts
        caps=Caps(
            budget.reserve_credits,
            budget.uploads_per_hour,
            max_credits or budget.max_credits_per_run,
            strike_approved=options is not None and options.approvals.get(GateName.STRIKE) == 1,
            asks_anyway=asks_anyway,
        ),
        clock=SystemClock(),
    )
