"""The words of the help topics that are not read off the code. Tests compare every name in them with the code."""

from __future__ import annotations

from collections.abc import Mapping

INTRODUCTIONS: Mapping[str, str] = {
    "manifest": """\
sync.toml says which folder is which album. `imgur-sync init` writes one,
`imgur-sync validate` checks it. Durations are "90s", "3m", "1h", "2d" or a
number of seconds; sizes are "64MiB", "10MB" or a number of bytes. Every key of
[albums.NAME] but folder, title, description, images and id can stand in
[defaults], for all albums. A text key that is not there is not managed; "" is
kept empty. What each key does: sync.example.toml, beside the README.
""",
    "gates": """\
A gate withholds what it guards and nothing else. The plan shows each gate that
tripped, with a number; `--approve NAME=NUMBER` lets exactly that through, also
several: `--approve prune=37,publish=1`. Another number refuses the run, and -y
passes no gate. The limits are keys of [gates] in sync.toml. Where the folder of
an album is right although `root` trips: imgur-sync root accept ALBUM.""",
    "environment": """\
Secrets belong here, or into what `imgur-sync login` keeps, never into
sync.toml. An empty variable counts as not set. Each of the first four can be in
a file that NAME_FILE names instead, and wins over what login keeps.""",
    "json": """\
With --json, stdout carries one JSON document and nothing else. Each begins
with format_version ({version}) and kind; under one version fields are only ever
added. Times are UTC, as 2026-03-01T13:05:00Z. Paths are as they are on disk,
bytes that are no UTF-8 as lone surrogates. Plans, differences, drift, runs and
histories without -v hold no id and no link; status, links, explain, restore
and purge hold the links of your pictures, also those of hidden albums: keep
them to yourself. No document holds a token or another secret.

A hook (help environment) gets hook_run or hook_gate, on one line of its stdin;
its JSON Schema: imgur-sync schema --kind hook

A name with [] is a list; a flag is true or false. A type with ? can be null,
and so can a time and a table that is no list. Exit codes: help exit-codes.""",
}

TABLES: Mapping[str, str] = {
    '[albums.NAME.images."PATH"]': "the texts of one picture, by its path in the folder",
    "[collections.NAME]": "an album for each folder in a folder; takes every key of [defaults], too",
    "[watch]": "the pace of imgur-sync watch; nothing else looks at it",
    "[[moved]]": "an album has another key now: its pictures follow, nothing is sent again",
    "[[removed]]": "deletes an album on Imgur, by the exact number of its pictures",
}

GATES: Mapping[str, str] = {
    "root": "an album's folder is missing, has no picture left, or is another directory with other pictures: "
    "nothing of that album is touched",
    "scan": "a folder or a file could not be read: nothing is removed from that album",
    "listing": "Imgur's answer about the album was incomplete or not understood: nothing of it is touched",
    "prune": "more pictures would leave an album than [gates] prune allows, all of them, or too many in one run",
    "replace": "more pictures would get a new link than [gates] replace allows",
    "restore": "more pictures were deleted on Imgur than [gates] restore allows, or the album was: they would be "
    "sent again",
    "publish": "an album would be seen by more people, and its entry does not say allow_public = true",
    "adopt": "an album that is named by its id holds pictures that are not known",
    "strike": "the daily limit was hit on 4 days of this month and the plan needs the last fifth of the day: a fifth "
    "such day, and Imgur blocks the application until the month ends",
}

ENVIRONMENT: Mapping[str, str] = {
    "IMGUR_SYNC_CLIENT_ID": "the Client-ID of your Imgur application",
    "IMGUR_SYNC_CLIENT_SECRET": "its secret; needed to refresh tokens",
    "IMGUR_SYNC_REFRESH_TOKEN": "a refresh token of your account; later ones are kept in the state folder",
    "IMGUR_SYNC_ACCESS_TOKEN": "an access token, where there is no refresh token",
    "IMGUR_SYNC_API_URL": "another Imgur, such as `imgur-sync simulator` prints it; plain http only on this machine",
    "IMGUR_SYNC_SETTLE_SECONDS": "how long Imgur may take to show what was sent; wins over the key in [upload]",
    "IMGUR_SYNC_HOOK": 'a command that is told of every run: a JSON list, such as ["play", "bell.oga"], or [] for '
    "none; wins over hook in config.toml",
    "IMGUR_SYNC_LISTEN": "where watch serves its status page, such as 127.0.0.1:8780; wins over listen in config.toml",
    "IMGUR_SYNC_STATE_DIR": "the folder of the credit ledger and of the tokens, shared by all manifests",
    "IMGUR_SYNC_STATE_KEY": 'the key that seals a state with [state] backend = "git"; at least 16 characters',
    "IMGUR_SYNC_CONFIG_DIR": "the folder of config.toml",
    "NO_COLOR": "no colours, whatever its value",
    "CI": "lines instead of a moving progress bar",
    "TERM": '"dumb" likewise',
}

PATTERNS = """\
A file is a picture by its content: JPEG, PNG, GIF, WebP, APNG, MP4, WebM. One
whose name promises a picture and whose content is none is reported (exit 7);
all other files are skipped and do not count.

Which files are looked at say `include` and `exclude` of the album, in the
syntax of .gitignore and without regard to case:

  include = ["**/*"]          what is taken; "!private/" takes a folder back
  exclude = ["drafts/"]       what is not, whatever else says so

A file named .imgursyncignore in a folder holds patterns for that folder and
all below it; a deeper one wins over a higher one, `exclude` over both. A
folder that is left out is not entered. Litter of systems and editors, and
folders such as .git, are always left out; so are files that may hold a secret.

A picture whose file is left out now stays on Imgur, unmanaged. After a loss of
the state the names of files are not known: where anything is left out, a
picture without a file stays too. An apply without the patterns lets it leave.
Why one file is taken or not: imgur-sync explain PATH
"""

SELECTION = """\
plan, apply, diff, drift, links and history take the keys of albums; without
any they mean all. A key can be a pattern for which the shell's own rules hold:
quote it. Other commands take a key as it is written, without patterns.

  imgur-sync plan cats dogs
  imgur-sync apply 'trips/*' -y

What is not named is not looked at on Imgur. Digest, gates and their numbers
are those of the albums named. A file that came from the folder of another
album takes the picture along, without an upload, only where both albums are
planned:

  - The picture of an album that is not named is never taken from it: the file
    is uploaded anew.
  - What an album that is not named needs is not deleted (prune = "delete"),
    only taken out of the album, and not taken by another one; its folder is
    looked at for that. If it cannot be read, nothing is deleted.

So plan all albums after moving files between folders.
"""

BUDGET = """\
Imgur counts credits. An upload costs 10, every other request 1. Four limits
hold at once:

  the application   12,500 credits a day, shared by all who use its Client-ID
  the account       500 or 2,000 credits an hour
  this address      1,250 POSTs an hour
  uploads           about 50 an hour, which Imgur announces nowhere

Every plan shows what it takes and what is left. What does not fit is deferred:
apply does what fits, says when to run it again, and exits 6. Work that costs 1
goes on when uploads do not. Where not all goes now, the plan has a timetable
and the date when the last picture is up, as far as the limits decide it:
uploading itself takes time, too. As a page with a drawing:
imgur-sync plan --format html

  imgur-sync apply           what fits now; run it again at the time printed
  imgur-sync apply --wait    sleeps until then, looks at the folders and at
                             Imgur again, and goes on until all is done

Ctrl-C ends a run that waits at once. A sleeping computer is no harm: the run
goes on when the time has come. --max-credits holds for all of the run.

When Imgur refuses an upload, fewer are sent an hour, and slowly more again.
After five days of a month at the daily limit Imgur blocks the application until
the month ends: the fifth is not risked unless that is approved (see help
gates).
Where Imgur's last word is older than an hour, a run that is to write asks what
is left first, for 1 credit.

  [budget] reserve_credits      left to others who use the application
  [budget] uploads_per_hour     our own cap on uploads
  [budget] max_credits_per_run  as --max-credits, for every run
  [upload] max_wait             the longest wait for a limit within a run, and
                                for a watch to give way

What is left of every limit: imgur-sync credits
What each run took: imgur-sync history
"""

PLAN_FILES = """A plan that is looked at first, by somebody or on a pull request, and then
applied as it is.

  imgur-sync plan -o plan.json        plan, and write it
  imgur-sync show plan.json           what it would do, in words or as a page
  imgur-sync diff old.json new.json   what one does and the other does not
  imgur-sync apply plan.json          do it, without a question
  imgur-sync apply --expect sha256:…  plan anew; do it if that is its digest

A plan file holds names, texts and digests, but no id, no link and no secret. It
is JSON (imgur-sync schema --kind plan); the same plan is the same bytes on any
machine, but for the time and the budget.

apply never trusts what the file says it would do. It plans anew and goes on
only if the result is the same. It ends with 4 and the difference, with nothing
done, if the file is older than 24 hours, was applied already, was edited, was
made for another manifest (byte for byte) or state, or if one of its albums was
changed since, by another run or on Imgur. The gates that the plan passed with
--approve are passed; more can be named beside the file. The file is sealed with
what only the owner of its albums knows, so nobody else can put an approval into
it. With --dry-run it is compared, and nothing is done.

--expect compares the digest alone: of all that is wanted, before gates and
budget. It works on another machine and after days. What the budget cut off, of
a file or a digest, goes on with --expect and that digest, as long as nothing is
wanted that the plan did not hold. Albums with order = "modified" or cover =
"newest" are refused: files have other times on every machine.
"""

PRIVACY = """\
  public   the album is shown on your profile
  hidden   anyone with its link sees it; the default
  secret   as hidden

Hidden and secret are not private: whoever has the link of an album or of a
picture sees it. Imgur removes metadata such as the place from what it shows,
but it is sent to Imgur. An album is made hidden, filled, and only then shown
to more people; making it narrower comes before any upload. More exposure needs
allow_public = true in its entry, or --approve publish=N.

The name that a picture is sent with is public on Imgur: a short form of the
file's name and a marker that lets a lost state be rebuilt, never the path.

A picture that left its album is not deleted, its link goes on working; so does
the link of a replaced picture. To delete what left: imgur-sync purge, or
prune = "delete" in the album's entry.
"""

STATE = """\
What is on Imgur is remembered in .imgur-sync/ beside the manifest, readable by
you alone: state.db (pictures, links, requests in doubt, the history of runs),
cache.db (can be removed at no cost but time and credits), activity.db (what is
going on now; can be removed), run.lock, and sync.schema.json for editors.
[state] path puts it elsewhere; not on a network drive. Credits and tokens are
kept once for all manifests, in the folder that IMGUR_SYNC_STATE_DIR names.

Every request is recorded before it is sent. After a kill, run apply again:
what was in doubt is looked up first, nothing is sent twice.

If the state is lost: every picture carries a marker in its name, made from the
`lineage` in sync.toml. The next plan or apply recognises them and sends none
again. For a damaged state: imgur-sync state rebuild

Without an account nothing can be recognised: the state is the only key to what
was uploaded. Each apply copies it to backups/ in the folder that
IMGUR_SYNC_STATE_DIR names; imgur-sync state recover puts the copy back.

With [state] backend = "git" the state lives in the remote of the manifest's
repository, sealed with IMGUR_SYNC_STATE_KEY, for machines that keep nothing.
What lies here is a copy; imgur-sync state fetch brings the newest one. A killed
run keeps others out until its lease is over.

A newer version may change the form of the state; it first puts a copy beside
it, named .backup-v and a number.

What is there, and what is going on: imgur-sync status
What happened: imgur-sync history
"""
