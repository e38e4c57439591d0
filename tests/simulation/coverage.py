"""How often each kind of fault struck, by its number in the specification; and which did too rarely."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from tests.simulation.vocabulary import ALL

ELSEWHERE = {
    "F43": "events lost, doubled, late, floods, dead watchers: tests/watch, tests/local/test_watch_*.py",
    "F44": "locks and second runs: tests/state, tests/crash",
}
ACTS: Mapping[str, str] = {
    "moved": "keys that moved",
    "removed": "albums removed",
    "protected": "albums protected",
    "respected": "deletions respected",
    "collections": "sub-folders of a collection",
    "adopted": "albums adopted",
    "forgotten": "albums forgotten",
    "put_back": "restores with pictures",
    "purged": "purges with pictures",
    "old_state": "older copies of the state",
    "waited": "applies that waited for the budget",
}
"""What becomes of whole albums and of the state: what people do, no faults."""
LEAST = 10


def by_number(struck: Mapping[str, int]) -> dict[str, int]:
    """Strikes by number, of every number that this simulation knows."""
    counts: Counter[str] = Counter()
    for name, word in ALL.items():
        counts[word.number] += struck.get(name, 0)
    return dict(sorted(counts.items(), key=lambda item: int(item[0][1:])))


def rare(struck: Mapping[str, int], least: int = LEAST) -> list[str]:
    """The numbers that struck less often than that."""
    return [number for number, count in by_number(struck).items() if count < least]


def table(struck: Mapping[str, int]) -> Iterator[str]:
    """Lines for people: number, strikes, each name with its strikes, where it was seen."""
    for number, count in by_number(struck).items():
        words = {name: word for name, word in ALL.items() if word.number == number}
        names = ", ".join(f"{name} {struck.get(name, 0)}" for name in words)
        seen = ", ".join(dict.fromkeys(word.seen for word in words.values()))
        yield f"{number:>4} {count:>7}  {names}  [{seen}]"
    yield f"acts         {', '.join(f'{words} {struck.get(name, 0)}' for name, words in ACTS.items())}"
    for number, why in ELSEWHERE.items():
        yield f"{number:>4}       -  {why}"
