"""The ledger against a plain model in lists, over random histories."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imgur_sync.model.budget import CALL_COST, POST_COST, UPLOAD_COST, Charge, Cost, Reservation
from imgur_sync.state.ledger import Caps, SqliteLedger

HOUR = 3600.0
DAY = 24 * HOUR
# What every window of the ledger below has room for.
ROOM = (("credits", DAY, 1_000), ("credits", HOUR, 500), ("posts", HOUR, 1_250), ("uploads", HOUR, 3))
COSTS = st.sampled_from([CALL_COST, POST_COST, UPLOAD_COST, Cost(90, 1, 1), Cost(400, 0, 0), Cost(0, 0, 0)])
MOVES = st.one_of(
    st.tuples(st.just("reserve"), COSTS),
    st.tuples(st.just("spent"), st.integers(0, 5)),
    st.tuples(st.just("returned"), st.integers(0, 5)),
    st.tuples(st.just("pass"), st.sampled_from([1, 59, 600, 1800, 3599, 3600, 3601, 40_000, 86_400])),
    st.tuples(st.just("again"), st.none()),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves=st.lists(MOVES, max_size=40))
def test_sliding_windows_agree_with_a_model_in_lists(moves: list[tuple[str, Any]]) -> None:
    """Whatever is reserved, settled, waited for and reopened: granted exactly when every window has room."""
    clock, charges, flying = _Clock(), _Charges(), []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        ledger = stack.enter_context(_opened(folder, clock))
        for move, value in moves:
            if move == "reserve":
                answer = ledger.reserve(value)
                assert isinstance(answer, Reservation) == charges.fit(value, clock.now())
                if isinstance(answer, Reservation):
                    charges.made[answer.number] = (value, clock.now())
                    flying.append(answer)
                elif answer.resumes_at is not None:
                    assert answer.resumes_at > clock.now()
            elif move in ("spent", "returned") and value < len(flying):
                reservation = flying.pop(value)
                ledger.settle(reservation, Charge(move))
                cost, _ = charges.made.pop(reservation.number)
                if move == "spent":
                    charges.made[reservation.number] = (cost, clock.now())
            elif move == "pass":
                clock.wall += value
            elif move == "again":
                ledger = stack.enter_context(_opened(folder, clock))
        assert ledger.budget().used_today == charges.used("credits", clock.now() - DAY)


def _opened(folder: str, clock: _Clock) -> SqliteLedger:
    caps = Caps(reserve_credits=11_500, uploads_per_hour=3)
    return SqliteLedger(Path(folder) / "ledger.db", origin="o", client_id="c", account="a", caps=caps, clock=clock)


class _Clock:
    """Wall and monotonic time in step."""

    wall = 1_700_000_000.0

    def now(self) -> float:
        """Unix seconds."""
        return self.wall

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return self.wall - 1_600_000_000.0


class _Charges:
    """What was charged and when."""

    def __init__(self) -> None:
        self.made: dict[int, tuple[Cost, float]] = {}

    def used(self, figure: str, since: float) -> int:
        """The sum of one figure after a moment."""
        return sum(getattr(cost, figure) for cost, at in self.made.values() if at > since)

    def fit(self, cost: Cost, now: float) -> bool:
        """Whether every window has room for the cost."""
        needs = ((getattr(cost, figure), figure, now - length, room) for figure, length, room in ROOM)
        return all(not need or self.used(figure, since) + need <= room for need, figure, since, room in needs)
