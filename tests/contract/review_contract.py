"""What every `StateStore` promises of plans that somebody reviewed. Inherited by the tests of every implementation;
`store` is an empty one."""

from __future__ import annotations

from dataclasses import replace

from imgur_sync.model.ports import StateStore
from imgur_sync.model.reviewed import ReviewedPlan

PLAN = ReviewedPlan("sha256:" + "a" * 64, "m", frozenset({b"0123456789abcdef", b"fedcba9876543210"}), 50.0)


class ReviewContract:
    """Plans by their digest, and files that were used up."""

    def test_nothing_was_reviewed_at_first(self, store: StateStore) -> None:
        """Nothing is found, and nothing raises."""
        assert store.reviewed(PLAN.digest) is None
        assert store.consumed("sha256:b") is None

    def test_a_reviewed_plan_is_found_by_its_digest(self, store: StateStore) -> None:
        """With all its elements; one without a file uses none up; once more takes the place of the first."""
        store.keep_review(PLAN, "", 60.0)
        assert store.reviewed(PLAN.digest) == PLAN
        assert store.consumed("") is None
        later = replace(PLAN, manifest_digest="n", elements=frozenset(), at=70.0)
        store.keep_review(later, "sha256:b", 70.0)
        assert store.reviewed(PLAN.digest) == later
        assert store.consumed("sha256:b") == 70.0

    def test_the_newest_hundred_are_kept(self, store: StateStore) -> None:
        """The oldest go first, files too."""
        for number in range(102):
            store.keep_review(replace(PLAN, digest=f"d{number}", at=float(number)), f"c{number}", float(number))
        assert [store.reviewed(f"d{number}") is None for number in (0, 1, 2, 101)] == [True, True, False, False]
        assert [store.consumed(f"c{number}") is None for number in (0, 1, 2, 101)] == [True, True, False, False]
