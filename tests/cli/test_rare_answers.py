"""What commands say where something unusual is asked of them, or stands in their way; what was sent, how they end."""

from __future__ import annotations

import json

from imgur_sync.errors import ExitCode
from imgur_sync.model.synced import Intent, IntentKind
from imgur_sync.state.store import open_store
from tests.support.inside import Inside
from tests.support.mirror import Mirror, table


def typing(place: Mirror, typed: str, *arguments: str, code: int) -> str:
    """Run at a terminal where this is typed; what stderr and stdout got."""
    inside = place.place
    assert isinstance(inside, Inside)
    done = inside.typing(typed, *arguments)
    assert done.returncode == code, done.stderr
    return done.stderr + done.stdout


def doubt(place: Mirror, album: str) -> None:
    """Leave a request to the album in doubt, as a killed run does."""
    with open_store(place.folder / ".imgur-sync" / "state.db", lineage=None, create=False) as store:
        store.open_intent(Intent(0, IntentKind.EDIT_ALBUM, album, target="AbCdEfG"))


# restore


def test_restore_lists_asks_and_takes_no_for_an_answer(departed: Mirror) -> None:
    """Listed without a word given; asked at a terminal; anything but yes changes nothing; without one -y is wanted."""
    assert "2 pictures can be put back:" in departed.run("restore").stdout
    assert len(departed.json("restore", "cats")["pictures"]) == 2
    since = departed.last()
    told = typing(departed, "n\n", "restore", "cats", "--all", code=ExitCode.DECLINED)
    assert "Put 2 pictures back into cats, for 1 credit and the readings? [y/N]" in told
    assert "declined; nothing was changed" in told
    typing(departed, "", "restore", "cats", "c1.png", code=ExitCode.DECLINED)
    assert "give -y" in departed.run("restore", "cats", "c1.png", code=ExitCode.USAGE).stderr
    assert departed.writes(since) == []
    typing(departed, "yes\n", "restore", "cats", "c1.png", code=0)
    assert len(departed.shown("cats")) == 4
    assert departed.json("restore", "cats", "--all", "-y")["restored"][0]["path"] == "c3.png"
    assert "nothing to put back" in departed.run("restore", "cats", "--all", "-y").stdout
    assert departed.json("restore", "cats", "--all", "-y")["restored"] == []
    assert departed.run("restore").stdout == "No picture left an album.\n"


def test_restore_names_what_it_does_not_know(departed: Mirror) -> None:
    """A path that never left; a picture that is gone from Imgur meanwhile is told: 7."""
    done = departed.run("restore", "cats", "c0.png", "-y", code=ExitCode.USAGE)
    assert 'no picture "c0.png" left the album cats' in done.stderr
    images = departed.look("world")["images"]
    (gone,) = [one["id"] for one in images if one["sha256"] not in departed.shown("cats") + departed.shown("dogs")][:1]
    departed.steer("edit", {"op": "delete_image", "id": gone})
    done = departed.run("restore", "cats", "--all", "-y", code=ExitCode.PARTIAL)
    assert "deleted on Imgur meanwhile; it cannot be put back" in done.stderr
    assert "1 picture put back into cats." in done.stdout


# purge


def test_purge_takes_an_exact_number_however_it_is_given(departed: Mirror) -> None:
    """Typed at a terminal or given; anything else deletes nothing."""
    since = departed.last()
    for wrong in ("prune=2", "purge", "purge=x"):
        assert "takes purge=NUMBER" in departed.run("purge", "--approve", wrong, code=ExitCode.USAGE).stderr
    assert "cannot be" in departed.run("purge", "--older-than", "soon", code=ExitCode.USAGE).stderr
    told = typing(departed, "3\n", "purge", "--older-than", "0s", code=ExitCode.DECLINED)
    assert "To delete them, type 2:" in told
    typing(departed, "2", "purge", "--older-than", "0s", "cats", code=0)
    assert departed.writes(since) == ["DELETE", "DELETE"] or departed.writes(since)[0].startswith("DELETE")
    assert departed.json("purge") == {**departed.json("purge"), "deleted": [], "left": []}
    assert "Nothing to delete: no picture left an album more than 7d ago." in departed.run("purge").stdout
    assert "leave --approve out" in departed.run("purge", "--approve", "purge=1", code=ExitCode.GATE).stderr


def test_purge_says_how_many_without_a_terminal_and_keeps_options_in_what_to_type(departed: Mirror) -> None:
    """3, and the very command that deletes them; another number is refused; as a document it tells both lists."""
    done = departed.run("purge", "cats", "--older-than", "0s", code=ExitCode.GATE)
    assert "to delete them: imgur-sync purge cats --older-than 0s --approve purge=2" in done.stderr
    done = departed.run("purge", "--older-than", "0s", "--approve", "purge=1", code=ExitCode.GATE)
    assert "--approve says 1, but 2 pictures would be deleted" in done.stderr
    told = departed.json("purge", "--older-than", "0s", "--approve", "purge=2")
    assert ([one["path"] for one in told["deleted"]], told["left"]) == (["c1.png", "c3.png"], [])


def test_reversals_before_any_sync_and_after_a_rename_know_where_they_are(unsynced: Mirror) -> None:
    """Nothing was synced: 64. A key that moved is the one that is asked for, before an apply follows it."""
    assert "nothing was synced here yet" in unsynced.run("restore", code=ExitCode.USAGE).stderr
    unsynced.run("apply", "-y", "-q")
    (unsynced.folder / "cats" / "c1.png").unlink()
    unsynced.run("apply", "-y", "-q")
    unsynced.manifest(table("pets", folder="cats") + table("dogs") + '[[moved]]\nfrom = "cats"\nto = "pets"\n')
    assert [one["album"] for one in unsynced.json("restore")["pictures"]] == ["pets"]
    assert "cats" in unsynced.run("restore", "cats", code=ExitCode.USAGE).stderr
    assert len(unsynced.run("links", "pets").stdout.split()) == 4
    assert [album["key"] for album in unsynced.json("status")["albums"]] == ["dogs", "pets"]
    both = table("cats") + table("pets", folder="dogs") + '[[moved]]\nfrom = "cats"\nto = "pets"\n'
    unsynced.manifest(both)
    assert len(unsynced.run("links", "cats").stdout.split()) == 4, "moves that cannot be followed are no obstacle"
    unsynced.manifest("nonsense = 1\n" + '[[moved]]\nfrom = "cats"\nto = "pets"\n', head="")
    assert len(unsynced.run("links", "cats").stdout.split()) == 4, "nor is a manifest that is wrong"


# forget


def test_forget_wants_the_key_typed_and_no_doubt(departed: Mirror) -> None:
    """Another word declines; a request in doubt refuses; a picture in its place is not let go of."""
    told = typing(departed, "dogs\n", "forget", "cats", "c1.png", code=ExitCode.DECLINED)
    assert "1 picture will not be ours any more. Type cats to go on:" in told
    done = departed.run("forget", "cats", "c1.png", "--confirm", "dogs", code=ExitCode.DECLINED)
    assert '--confirm says "dogs", not "cats"' in done.stderr
    assert "stands in the album" in departed.run("forget", "cats", "c0.png", code=ExitCode.USAGE).stderr
    assert "no picture of" in departed.run("forget", "cats", "x.png", code=ExitCode.USAGE).stderr
    assert "there is no terminal" in departed.run("forget", "cats", "c1.png", code=ExitCode.USAGE).stderr
    typing(departed, "cats\n", "forget", "cats", "c1.png", code=0)
    doubt(departed, "cats")
    done = departed.run("forget", "cats", "c3.png", "--confirm", "cats", code=ExitCode.USAGE)
    assert "a request to the album cats is in doubt" in done.stderr


# root accept


def test_a_folder_is_accepted_by_whoever_types_its_key(synced: Mirror) -> None:
    """Asked with what is lost; another word declines; an empty one wants --empty, a full one does not take it."""
    assert "there is nothing to accept" in synced.run("root", "accept", "cats").stdout
    assert 'no album "owls"' in synced.run("root", "accept", "owls", code=ExitCode.USAGE).stderr
    (synced.folder / "cats").rename(synced.folder / "before")
    synced.put("cats/new.png", 77)
    assert "leave --empty out" in synced.run("root", "accept", "cats", "--empty", code=ExitCode.USAGE).stderr
    assert "there is no terminal" in synced.run("root", "accept", "cats", code=ExitCode.USAGE).stderr
    told = typing(synced, "dogs\n", "root", "accept", "cats", code=ExitCode.DECLINED)
    assert "The album cats on Imgur loses 5 of 5 pictures:" in told
    assert "Accepted, for the folder as it is now." in typing(synced, "cats\n", "root", "accept", "cats", code=0)
    (synced.folder / "dogs").rename(synced.folder / "other")
    (synced.folder / "dogs").mkdir()
    assert "give --empty" in synced.run("root", "accept", "dogs", code=ExitCode.USAGE).stderr
    done = synced.place
    assert isinstance(done, Inside)
    accepted = done.typing("dogs\n", "root", "accept", "dogs", "--empty", "--json")
    assert json.loads(accepted.stdout) == {**json.loads(accepted.stdout), "accepted": True, "loses": 3}


def test_before_any_sync_there_is_no_folder_to_accept(unsynced: Mirror) -> None:
    """64."""
    assert "nothing was synced here yet" in unsynced.run("root", "accept", "cats", code=ExitCode.USAGE).stderr
