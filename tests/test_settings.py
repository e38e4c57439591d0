"""Credentials, endpoint and folders: where they are taken from, and what is said when they cannot be."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

from imgur_sync.directories import Directories, directories
from imgur_sync.errors import CredentialsError, ImgurSyncError, UsageError
from imgur_sync.model.secret import Secret
from imgur_sync.settings import Settings, load_settings

CANARY = "kn4r13nv0g3l"
CREDENTIALS = ("client_id", "client_secret", "refresh_token", "access_token")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment that names its folders and nothing else."""
    (tmp_path / "config").mkdir()
    return {"IMGUR_SYNC_STATE_DIR": str(tmp_path / "state"), "IMGUR_SYNC_CONFIG_DIR": str(tmp_path / "config")}


@pytest.fixture
def config(tmp_path: Path, environ: dict[str, str]) -> Path:
    """Where config.toml is looked for."""
    return tmp_path / "config" / "config.toml"


def shown(settings: Settings, name: str) -> str | None:
    value = getattr(settings, name)
    return value.reveal() if isinstance(value, Secret) else value


def refused(kind: type[ImgurSyncError], environ: dict[str, str], **options: object) -> str:
    """What is said; the canary is never in it."""
    with pytest.raises(kind) as caught:
        load_settings(environ, **options)
    said = f"{caught.value.message} {caught.value.hint} {caught.value!r}"
    assert CANARY not in said
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return said


def test_an_empty_environment_gives_the_defaults(environ: dict[str, str], tmp_path: Path) -> None:
    """No credential, the real API, the settle time left to the manifest."""
    settings = load_settings(environ)
    assert settings == Settings(
        client_id=None,
        client_secret=None,
        refresh_token=None,
        access_token=None,
        api_url="https://api.imgur.com",
        directories=Directories(tmp_path / "state", tmp_path / "config"),
        settle_seconds=None,
        profile="default",
    )


@pytest.mark.parametrize("name", CREDENTIALS)
def test_a_credential_comes_from_its_variable_or_from_the_file_named(
    environ: dict[str, str], tmp_path: Path, name: str
) -> None:
    """White space around it does not belong to it; the file may begin with a byte order mark."""
    variable = f"IMGUR_SYNC_{name.upper()}"
    assert shown(load_settings({**environ, variable: " abc\n"}), name) == "abc"
    file = tmp_path / "secret"
    file.write_bytes(b"\xef\xbb\xbf  abc\r\n")
    assert shown(load_settings({**environ, f"{variable}_FILE": str(file)}), name) == "abc"
    said = refused(UsageError, {**environ, variable: CANARY, f"{variable}_FILE": str(file)})
    assert f"{variable} and {variable}_FILE are both given" in said


def test_secrets_are_not_shown(environ: dict[str, str]) -> None:
    """Neither by the settings nor by their parts."""
    settings = load_settings({**environ, **{f"IMGUR_SYNC_{name.upper()}": CANARY for name in CREDENTIALS[1:]}})
    assert CANARY not in f"{settings} {settings!r} {settings.access_token}"
    assert shown(settings, "access_token") == CANARY


@pytest.mark.parametrize("empty", ["", "  ", "\n"])
def test_an_empty_variable_is_one_that_is_not_set(environ: dict[str, str], empty: str) -> None:
    """CI systems pass a secret that does not exist as an empty text."""
    names = (*CREDENTIALS, "api_url", "settle_seconds", "client_id_file")
    settings = load_settings({**environ, **{f"IMGUR_SYNC_{name.upper()}": empty for name in names}})
    assert settings == load_settings(environ)


@pytest.mark.parametrize("bad", [f"{CANARY} {CANARY}", f"{CANARY}\nx", f"{CANARY}ü", f"{CANARY}\x00x", CANARY * 1000])
def test_what_no_credential_holds_is_refused_by_the_name_of_its_place(
    environ: dict[str, str], tmp_path: Path, bad: str
) -> None:
    """It would break, or break out of, a header; the message does not repeat it."""
    assert "IMGUR_SYNC_ACCESS_TOKEN " in refused(CredentialsError, {**environ, "IMGUR_SYNC_ACCESS_TOKEN": bad})
    file = tmp_path / "secret"
    file.write_text(bad)
    said = refused(CredentialsError, {**environ, "IMGUR_SYNC_ACCESS_TOKEN_FILE": str(file)})
    assert "IMGUR_SYNC_ACCESS_TOKEN_FILE " in said


def test_a_credential_file_that_gives_nothing_is_refused(environ: dict[str, str], tmp_path: Path) -> None:
    """Missing, a directory, empty: exit 8, naming the variable."""
    (tmp_path / "empty").write_text("\n")
    for path in (tmp_path / "gone", tmp_path, tmp_path / "empty", Path("a\0b")):
        said = refused(CredentialsError, {**environ, "IMGUR_SYNC_REFRESH_TOKEN_FILE": str(path)})
        assert said.startswith("IMGUR_SYNC_REFRESH_TOKEN_FILE")
    assert CredentialsError("x").exit_code == 8


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://api.example.org", "https://api.example.org"),
        ("https://API.example.org:8443/", "https://api.example.org:8443"),
        ("http://127.0.0.1:8723", "http://127.0.0.1:8723"),
        ("http://localhost:1", "http://localhost:1"),
        ("http://[::1]:8723", "http://[::1]:8723"),
    ],
)
def test_the_endpoint_is_an_origin(environ: dict[str, str], written: str, origin: str) -> None:
    """https to anywhere, plain http to this machine."""
    assert load_settings({**environ, "IMGUR_SYNC_API_URL": written}).api_url == origin


@pytest.mark.parametrize(
    "written",
    [
        "http://api.imgur.com",
        "http://10.0.0.1",
        "http://127.0.0.1.example.org",
        "https://api.imgur.com/3",
        "https://api.imgur.com/?x=1",
        "https://api.imgur.com/#x",
        f"https://user:{CANARY}@api.imgur.com",
        "ftp://api.imgur.com",
        "api.imgur.com",
        "https://",
        "https://[::1",
        "https://a:99999",
    ],
)
def test_any_other_endpoint_is_refused_by_the_name_of_its_variable(environ: dict[str, str], written: str) -> None:
    """Exit 64, before anything is sent there."""
    said = refused(UsageError, {**environ, "IMGUR_SYNC_API_URL": written})
    assert said.startswith("IMGUR_SYNC_API_URL: ")
    assert "pydantic" not in said


@pytest.mark.parametrize(("written", "seconds"), [("90", 90.0), ("0", 0.0), ("2.5", 2.5), (" 3600 ", 3600.0)])
def test_the_settle_time_is_a_number_of_seconds(environ: dict[str, str], written: str, seconds: float) -> None:
    """As in the manifest."""
    assert load_settings({**environ, "IMGUR_SYNC_SETTLE_SECONDS": written}).settle_seconds == seconds


def test_where_the_status_page_is_served(environ: dict[str, str]) -> None:
    """Nowhere by default; what is no place is refused with the name of the setting."""
    assert load_settings(environ).listen == ""
    assert load_settings({**environ, "IMGUR_SYNC_LISTEN": "[::1]:8750"}).listen == "[::1]:8750"
    with pytest.raises(UsageError, match=r"^IMGUR_SYNC_LISTEN: this is no address and port$") as refused:
        load_settings({**environ, "IMGUR_SYNC_LISTEN": "8750"})
    assert "127.0.0.1:8750" in refused.value.hint


@pytest.mark.parametrize("written", ["many", "nan", "inf", "-1", "3601", "1e3", "9" * 5000, "٩", "90s"])
def test_any_other_settle_time_is_refused(environ: dict[str, str], written: str) -> None:
    """With the variable and what it takes."""
    said = refused(UsageError, {**environ, "IMGUR_SYNC_SETTLE_SECONDS": written})
    assert "IMGUR_SYNC_SETTLE_SECONDS: this is no number of seconds from 0 to 3600" in said


def test_flag_before_environment_before_file_before_default(environ: dict[str, str], config: Path) -> None:
    """Each key on its own."""
    config.write_text('[profiles.default]\nclient_id = "file"\napi_url = "https://file.example"\nsettle_seconds = 3\n')
    assert load_settings(environ).client_id == "file"
    inner = {**environ, "IMGUR_SYNC_CLIENT_ID": "env", "IMGUR_SYNC_API_URL": "https://env.example"}
    settings = load_settings(inner, flags={"client_id": "flag", "api_url": None})
    assert (settings.client_id, settings.api_url, settings.settle_seconds) == ("flag", "https://env.example", 3.0)


def test_folders_can_be_flags(environ: dict[str, str], tmp_path: Path) -> None:
    """The configuration is then read there."""
    (tmp_path / "config.toml").write_text('[profiles.default]\nclient_id = "there"\n')
    settings = load_settings(environ, flags={"config_dir": str(tmp_path), "state_dir": str(tmp_path / "s")})
    assert settings.client_id == "there"
    assert settings.directories == Directories(tmp_path / "s", tmp_path)


def test_a_profile_names_files_relative_to_the_configuration(environ: dict[str, str], config: Path) -> None:
    """Only its own table counts."""
    config.write_text(
        '[profiles.default]\nclient_id = "mine"\n'
        '[profiles.work]\nclient_id = "theirs"\nclient_secret_file = "work.secret"\n'
    )
    (config.parent / "work.secret").write_text("s3cret\n")
    settings = load_settings(environ, profile="work")
    assert (settings.client_id, shown(settings, "client_secret"), settings.profile) == ("theirs", "s3cret", "work")
    assert load_settings(environ, profile="none").client_id is None


def test_a_file_that_is_overruled_is_not_read(environ: dict[str, str], config: Path) -> None:
    """Its absence is no error then."""
    config.write_text('[profiles.default]\nclient_secret_file = "gone"\n')
    assert "client_secret_file" in refused(CredentialsError, environ)
    settings = load_settings({**environ, "IMGUR_SYNC_CLIENT_SECRET": "abc"})
    assert shown(settings, "client_secret") == "abc"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[profiles.default]\nclient_id = \n", "line 2, column 13"),
        ("client_id = 'x'\n", "unknown key client_id"),
        ("profiles = 1\n", "profiles must hold tables"),
        ("profiles.default = 1\n", "profiles must hold tables"),
        ("[profiles.default]\nclient_di = 'x'\n", "unknown key profiles.default.client_di"),
        ("[profiles.default]\nclient_id = 5\n", "profiles.default.client_id is no text"),
        (f"[profiles.default]\nrefresh_token = '{CANARY}'\n", "name that: refresh_token_file"),
        ("[profiles.default]\nsettle_seconds = '3'\n", "write a number"),
        ("[profiles.default]\nsettle_seconds = nan\n", "profiles.default.settle_seconds: this is no number of seconds"),
        ("[profiles.default]\nsettle_seconds = true\n", "write a number"),
        ("[profiles.default]\napi_url = 'http://x'\n", "profiles.default.api_url: plain http"),
        ("[profiles.default]\nclient_id = 'x'\nclient_id_file = 'x'\n", "are both given"),
    ],
)
def test_a_config_file_that_cannot_be_used_is_told_by_its_path(
    environ: dict[str, str], config: Path, text: str, words: str
) -> None:
    """And by the key; secrets themselves are not kept in it."""
    config.write_text(text)
    said = refused(UsageError, environ)
    assert str(config) in said
    assert words in said


def test_an_empty_config_file_is_none(environ: dict[str, str], config: Path) -> None:
    """A directory of that name is a mistake."""
    config.write_text("")
    assert load_settings(environ).client_id is None
    config.unlink()
    config.mkdir()
    assert "is a directory" in refused(UsageError, environ)


def test_directories_are_those_of_the_platform_unless_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The XDG folders on Linux; a relative one starts at the current folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "s"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
    monkeypatch.chdir(tmp_path)
    if sys.platform == "linux":
        assert directories({}) == Directories(tmp_path / "s" / "imgur-sync", tmp_path / "c" / "imgur-sync")
    named = directories({"IMGUR_SYNC_STATE_DIR": "here", "IMGUR_SYNC_CONFIG_DIR": str(tmp_path)})
    assert named == Directories(tmp_path / "here", tmp_path)
    with pytest.raises(UsageError, match="NUL"):
        directories({"IMGUR_SYNC_STATE_DIR": "a\0b"})


def test_directories_cost_the_standard_library_only() -> None:
    """platformdirs is imported only where the variables are not set."""
    script = (
        "import sys\nfrom imgur_sync.directories import directories\n"
        "directories({'IMGUR_SYNC_STATE_DIR': '/s', 'IMGUR_SYNC_CONFIG_DIR': '/c'})\n"
        "assert not {'pydantic', 'pydantic_settings', 'platformdirs'} & set(sys.modules)\n"
        "directories({})\nassert 'platformdirs' in sys.modules and 'pydantic' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def fails(*args: object, **kwargs: object) -> Path:
    raise RuntimeError("could not determine the home directory")


@pytest.mark.parametrize("answer", [fails, lambda *args, **kwargs: Path("~/.local/state/imgur-sync")])
def test_a_user_without_a_home_is_told_which_variable_to_set(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[..., Path]
) -> None:
    """Row 60: the two answers that versions of platformdirs give; the second would make a folder called ~."""
    monkeypatch.setattr(platformdirs, "user_state_path", answer)
    monkeypatch.setattr(platformdirs, "user_config_path", answer)
    with pytest.raises(UsageError) as caught:
        directories({})
    assert caught.value.hint == "set IMGUR_SYNC_STATE_DIR to a folder"
    with pytest.raises(UsageError) as caught:
        directories({"IMGUR_SYNC_STATE_DIR": "/s"})
    assert caught.value.hint == "set IMGUR_SYNC_CONFIG_DIR to a folder"


def test_the_example_of_several_accounts_loads(environ: dict[str, str], config: Path) -> None:
    """examples/config.toml: each profile has what it says, and no secret stands in it."""
    example = Path(__file__).parents[1] / "examples" / "config.toml"
    config.write_bytes(example.read_bytes())
    for name in ("work-client-secret", "work-refresh-token"):
        (config.parent / name).write_text(f"in-{name}\n")
    assert load_settings(environ).client_id == "0123456789abcde"
    work = load_settings(environ, profile="work")
    assert shown(work, "refresh_token") == "in-work-refresh-token"
    assert load_settings(environ, profile="local").api_url == "http://127.0.0.1:8723"


@pytest.mark.parametrize(
    ("written", "given"),
    [
        ('["notify-send", "a b", ""]', ("notify-send", "a b", "")),
        ("[]", ()),
        (' ["./here"] ', ("./here",)),
        ('["\\u00e4\\udcff"]', ("ä\udcff",)),
    ],
)
def test_the_hook_is_a_json_list_of_the_environment(
    environ: dict[str, str], written: str, given: tuple[str, ...]
) -> None:
    """An empty list is none."""
    assert load_settings({**environ, "IMGUR_SYNC_HOOK": written}).hook == given


@pytest.mark.parametrize(
    "bad",
    [CANARY, f'"{CANARY}"', f'{{"{CANARY}": 1}}', f'["{CANARY}", 1]', f'["", "{CANARY}"]', f'["{CANARY}\\u0000"]'],
)
def test_a_hook_that_is_no_list_of_texts_is_refused(environ: dict[str, str], config: Path, bad: str) -> None:
    """It is not repeated: the address of a webhook is a secret."""
    said = refused(UsageError, {**environ, "IMGUR_SYNC_HOOK": bad})
    assert said.startswith("IMGUR_SYNC_HOOK: this is no list of texts")
    assert "IMGUR_SYNC_HOOK" in refused(UsageError, {**environ, "IMGUR_SYNC_HOOK": "[" * 100_000})
    for value in (f'"{CANARY}"', "[2026-01-01]", f'["{CANARY}", ["x"]]', "{}", "true", '[""]'):
        config.write_text(f"hook = {value}")
        assert refused(UsageError, environ).startswith(f"{config}: hook: this is no list of texts")


def test_the_hook_of_config_toml_is_of_all_profiles_but_those_with_their_own(
    environ: dict[str, str], config: Path
) -> None:
    """A relative path starts at its folder; a bare name is looked for by PATH; the environment wins."""
    config.write_text('hook = ["notify-send"]\n[profiles.a]\nhook = ["sub/tell", "sub/x"]\n[profiles.b]\nhook = []\n')
    assert load_settings(environ).hook == ("notify-send",)
    assert load_settings(environ, profile="a").hook == (str(config.parent / "sub/tell"), "sub/x")
    assert load_settings(environ, profile="b").hook == ()
    assert load_settings({**environ, "IMGUR_SYNC_HOOK": "[]"}).hook == ()
    assert load_settings({**environ, "IMGUR_SYNC_HOOK": '["x/y"]'}, profile="a").hook == ("x/y",)
    config.write_text('hook = ["~/tell"]')
    assert load_settings(environ).hook == (str(Path("~/tell").expanduser()),)
