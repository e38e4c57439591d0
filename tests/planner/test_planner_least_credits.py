"""Least credits: the planner's price against a complete search over Imgur's calls, in every small world."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations, product
from typing import Any

from imgur_sync.model.plan import AlbumPlan
from imgur_sync.model.spec import GateLimit, GateLimits, Privacy, Prune
from imgur_sync.planner.price import price
from tests.support.album_views import file, picture, spec, synced
from tests.support.least_credits import State, Wanted, fewest_calls
from tests.support.planned_world import Album, PlannedWorld

WIDE = GateLimits(prune=GateLimit(99, 100), replace=GateLimit(99, 100))
Files = dict[str, str]
"""Path to content, in the order of the paths."""


@dataclass
class Case:
    """One album: its files, our pictures (id to path and content), what Imgur shows, and the manifest's wishes."""

    files: Files
    ours: dict[str, tuple[str, str]] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    prune: Prune = Prune.DETACH
    wish: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    exists: bool = True
    titles: dict[str, str] = field(default_factory=dict)
    """What Imgur shows as the title of each of our pictures; wished is the stem of its file where `wish` says so."""

    def album(self, key: str, position: int = 0) -> Album:
        """As the planner is told of it."""
        files = tuple(file(path, content) for path, content in self.files.items())
        entry = spec(key, prune=self.prune, position=position, **{"allow_public": True, **self.wish})
        return Album(entry, files, synced(key) if self.exists else None, list(self.shown), dict(self.header))


def surplus(case: Case) -> tuple[list[str], list[str], list[str]]:
    """By the words of the specification: our pictures that keep a file, files without one, pictures without one."""
    kept: list[str] = []
    files: list[str] = []
    for content in sorted({*case.files.values(), *(content for _, content in case.ours.values())}):
        paths = sorted(path for path, what in case.files.items() if what == content)
        ids = sorted((i for i in case.ours if case.ours[i][1] == content), key=lambda i: (case.ours[i][0], i))
        homes = {case.ours[i][0] for i in ids}
        count = min(len(paths), len(ids))
        files += sorted(paths, key=lambda path: (path not in homes, path))[count:]
        kept += sorted(ids, key=lambda i: (case.ours[i][0] not in paths, case.ours[i][0], i))[:count]
    return kept, sorted(files), [i for i in case.ours if i not in kept]


@dataclass
class Share:
    """What one album has to do, by the words of the specification: pictures that keep a file, uploads by path, contents
    that come from the other album, pictures that go there."""

    kept: list[str]
    uploads: list[str] = field(default_factory=list)
    come: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def search(case: Case, share: Share) -> int:
    """The fewest calls of 1 credit for one album."""
    label = {i: f"={case.ours[i][1]}" for i in share.kept}
    tail: list[str] = []
    doomed: set[str] = set()
    for i, (path, _) in case.ours.items():
        if i in label:
            continue
        label[i] = f"-{i}"
        if i in share.gone or path in case.files or case.prune is Prune.DETACH:
            continue
        if case.prune is Prune.DELETE:
            doomed.add(label[i])
        elif i in case.shown:
            tail.append(label[i])
    shown = tuple(label.get(i, f"+{i}") for i in case.shown)
    behind = [i for i in shown if i in tail] + [i for i in shown if i.startswith("+")]
    slots = [f"={content}" for content in case.files.values()]
    cover = ""
    if case.header.get("cover") and slots:
        cover = f"={case.files[case.wish['cover']]}" if "cover" in case.wish else slots[0]
    privacy = case.wish.get("privacy", Privacy.HIDDEN)
    public = bool(case.header.get("public"))
    title = case.wish.get("title")
    state = State(
        exists=case.exists,
        shown=shown,
        uploads=tuple(sorted(f"={case.files[path]}" for path in share.uploads)),
        loose=tuple(sorted([*(label[i] for i in share.kept if i not in case.shown), *(f"={c}" for c in share.come)])),
        doomed=frozenset(doomed),
        narrow=public and privacy is not Privacy.PUBLIC,
        widen=not public and privacy is Privacy.PUBLIC,
        texts=case.exists and title is not None and title != case.header.get("title", ""),
        cover=label.get(case.header.get("cover", ""), ""),
        titles=frozenset(_wrong_titles(case, share, label)),
    )
    return fewest_calls(state, Wanted((*slots, *behind), cover, frozenset(behind)))


def _wrong_titles(case: Case, share: Share, label: dict[str, str]) -> Iterator[str]:
    """Labels of our pictures whose file asks for another title. Contents differ, so each picture has one file."""
    if "image_title" not in case.wish:
        return
    stems = {content: path for path, content in case.files.items()}
    for i in share.kept:
        if case.titles.get(i, "") != stems[case.ours[i][1]]:
            yield label[i]


def shares(cases: Sequence[Case]) -> list[Share]:
    """Match inside each album, then let files without a picture take those that another album can spare."""
    found = [surplus(case) for case in cases]
    result = [Share(kept) for kept, _, _ in found]
    supply = [
        (number, i)
        for number, (case, (_, _, spare)) in enumerate(zip(cases, found, strict=True))
        for i in sorted(spare, key=case.ours.__getitem__)
        if case.prune is not Prune.NEVER and i in case.shown
    ]
    for number, (case, (_, files, _)) in enumerate(zip(cases, found, strict=True)):
        for path in files:
            offers = [(o, i) for o, i in supply if o != number and cases[o].ours[i][1] == case.files[path]]
            if not offers:
                result[number].uploads.append(path)
                continue
            supply.remove(offers[0])
            result[offers[0][0]].gone.append(offers[0][1])
            result[number].come.append(case.files[path])
    return result


def check(*cases: Case) -> None:
    """The planner's write credits for these albums are the least that reach what is wanted."""
    keys = ("cats", "dogs")[: len(cases)]
    pairs = list(zip(keys, cases, strict=True))
    ours = [picture(i, path, content, album=key) for key, case in pairs for i, (path, content) in case.ours.items()]
    albums = [case.album(key, number) for number, (key, case) in enumerate(pairs)]
    world = PlannedWorld(*albums, pictures=ours, limits=WIDE)
    world.texts = {i: {"title": title} for case in cases for i, title in case.titles.items()}
    plan = world.plan(world.approving())
    for case, share, part in zip(cases, shares(cases), plan.albums, strict=True):
        least = 10 * len(share.uploads) + search(case, share)
        assert spent(part) == least, f"{case}: {part.steps} costs {spent(part)}, the least is {least}"


def spent(part: AlbumPlan) -> int:
    """The write credits of the granted steps."""
    return price(part.steps, 0).writes.credits


def arrangements(paths: str, contents: str, most: int) -> Iterator[dict[str, tuple[str, str]]]:
    """Our pictures in any number up to `most`, of distinct paths, in any shown order, with any contents."""
    for count in range(most + 1):
        for order in permutations(paths, count):
            for what in product(contents, repeat=count):
                yield {f"p{path}": (path, content) for path, content in zip(order, what, strict=True)}


def folders(paths: str, contents: str) -> Iterator[Files]:
    """Every folder with some of these files, each with one of these contents."""
    for what in product((*contents, ""), repeat=len(paths)):
        yield {path: content for path, content in zip(paths, what, strict=True) if content}


HEADERS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({}, {}),
    ({"title": "Cats"}, {"title": "Dogs"}),
    ({}, {"public": True}),
    ({"privacy": Privacy.PUBLIC}, {}),
    ({"title": "Cats"}, {"title": "Dogs", "public": True}),
)


def test_one_album_costs_the_least_in_every_small_world() -> None:
    """Up to three files and pictures of two contents, every order, each way to prune; headers, foreign and unshown
    pictures in turn."""
    turn = 0
    for files, ours, prune in product(folders("abc", "xy"), arrangements("abc", "xy", 3), Prune):
        if not files and ours:
            continue  # the gate `root` stops it
        wish, header = HEADERS[turn % len(HEADERS)]
        shown = list(ours)
        if turn % 7 == 3:
            shown.insert(turn % (len(shown) + 1), "foreign")
        if turn % 7 == 5 and shown:
            shown.pop(turn % len(shown))
        check(Case(files, ours, tuple(shown), prune, wish, header))
        turn += 1
    assert turn > 6000


def test_a_new_album_costs_the_least() -> None:
    """Made, filled, edited: two credits beside the uploads, also where it becomes public; nothing for an empty one."""
    for files in folders("abc", "xy"):
        for wish in ({}, {"title": "Cats"}, {"privacy": Privacy.PUBLIC}):
            check(Case(files, wish=wish, exists=False))


def test_a_cover_costs_the_least() -> None:
    """Pictures of distinct contents, every cover that Imgur may show, "first" or a file as the wish."""
    turn = 0
    for files, ours in product(folders("abc", "xyz"), arrangements("abc", "xyz", 2)):
        contents = [content for _, content in ours.values()]
        if not files or len(set(files.values())) < len(files) or len(set(contents)) < len(contents):
            continue
        for cover in ours:
            wish = {"cover": list(files)[turn % len(files)]} if turn % 2 else {}
            prune = list(Prune)[turn % 3]
            check(Case(files, ours, tuple(ours), prune, wish, {"cover": cover}))
            turn += 1
    assert turn > 300


def test_texts_of_pictures_cost_the_least() -> None:
    """Titles from the file's name, in every small world of distinct contents: an upload brings its own, each picture
    whose file has another name costs one credit, and equal ones nothing."""
    turn = 0
    for files, ours in product(folders("abc", "xyz"), arrangements("abc", "xyz", 2)):
        contents = [content for _, content in ours.values()]
        if not files or len(set(files.values())) < len(files) or len(set(contents)) < len(contents):
            continue
        titles = {i: ("", path, "other")[(turn + number) % 3] for number, (i, (path, _)) in enumerate(ours.items())}
        wish = {"image_title": "{stem}", **({"title": "Cats"} if turn % 2 else {})}
        check(Case(files, ours, tuple(ours), list(Prune)[turn % 3], wish, titles=titles))
        if not ours:
            check(Case(files, wish=wish, exists=False))
        turn += 1
    assert turn > 300


def test_two_albums_with_moves_between_them_cost_the_least() -> None:
    """Up to two files and two pictures in each of two albums, each way to prune: what moves is never uploaded."""
    turn = 0
    half = list(product(folders("ab", "xy"), list(arrangements("ab", "xy", 2))))
    half = [(files, ours) for files, ours in half if files or not ours]
    for first, second in product(half, half):
        turn += 1
        if turn % 4:
            continue
        ways = list(Prune)
        left = Case(first[0], first[1], tuple(first[1]), ways[turn // 4 % 3])
        ids = {f"q{i}": what for i, what in second[1].items()}
        right = Case(second[0], ids, tuple(ids), ways[turn // 12 % 3])
        check(left, right)
    assert turn > 5000
