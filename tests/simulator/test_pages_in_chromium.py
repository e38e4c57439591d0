"""The pages of the local Imgur in a real browser: what it asks for, complains about, shows, and sends.

Where there is no Chromium that has to be known (`tests/support/chromium.py`); nothing here is skipped in silence.
"""

from __future__ import annotations

import http.server
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest

from imgur_sync.simulator import Running
from imgur_sync.simulator.drawing import grey
from tests.support.chromium import WITHOUT, Tab, browsing, program
from tests.support.page_stage import page_stage

pytestmark = pytest.mark.timeout(900)
THERE = program() is not None
NAMED = {"link", "button", "textbox", "combobox", "checkbox", "radio", "spinbutton", "image", "heading", "navigation"}
NAMED |= {"table", "meter", "progressbar", "region", "columnheader", "rowheader", "Video", "searchbox"}
FAINT = """(() => {
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => { const f = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
  const paper = node => { for (; node; node = node.parentElement) {
    const c = parse(getComputedStyle(node).backgroundColor); if (c.length < 4 || c[3] === 1) return c; }
    return [255, 255, 255]; };
  const found = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some(one => one.nodeType === 3 && one.data.trim());
    if (!own || node.tagName === "OPTION" || node.tagName === "STYLE") continue;
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(paper(node))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) found.push(`${node.tagName} ${node.textContent.trim().slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return found; })()"""
FOCUSED = """(() => { const node = document.activeElement, style = getComputedStyle(node);
  return [node.tagName, style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2]; })()"""


def test_chromium_is_there_or_known_to_be_missing():
    """Without it nobody looks at the pages: somebody has to say that this is known. Elsewhere than on Linux it is."""
    known = bool(os.environ.get(WITHOUT)) or sys.platform != "linux"
    assert THERE or known, f"there is no Chromium: install it, or set {WITHOUT}=1"


if THERE:

    @pytest.fixture
    def stage():
        with page_stage() as made:
            yield made

    @pytest.fixture
    def tab(tmp_path) -> Iterator[Tab]:
        with browsing(tmp_path) as made:
            yield made

    def test_pages_stay_at_home_and_complain_of_nothing(stage, tab):
        tab.wide(1280)
        for path in stage.paths:
            tab.open(stage.server.url + path)
        asked = {address for address in tab.asked() if not address.startswith("data:")}
        assert {urlsplit(address).netloc for address in asked} == {urlsplit(stage.server.url).netloc}
        assert {stage.server.url + path for path in stage.paths} <= asked
        assert any("/i/" in address for address in asked)
        assert tab.complaints() == []

    @pytest.mark.parametrize("dark", [False, True])
    def test_pages_fit_a_narrow_screen_and_can_be_read(stage, tab, dark):
        for width in (320, 1280):
            tab.wide(width, dark=dark)
            for path in stage.paths:
                tab.open(stage.server.url + path)
                broad, screen = tab.run("[document.documentElement.scrollWidth, innerWidth]")
                assert broad <= screen == width, (path, broad, screen)
                assert tab.run(FAINT) == [], path

    def test_all_that_one_can_reach_has_a_name_and_a_role(stage, tab):
        tab.wide(1280)
        for path in stage.paths:
            tab.open(stage.server.url + path)
            tree = tab.tree()
            roles = [role for role, _ in tree]
            assert (roles.count("main"), roles.count("banner")) == (1, 1), path
            assert next(name for role, name in tree if role == "RootWebArea").endswith(" – local Imgur")
            assert [role for role, name in tree if role in NAMED and not name.strip()] == [], path
            assert ("navigation", "Pages") in tree
        tab.open(f"{stage.server.url}/a/{stage.album}/edit")
        assert {("spinbutton", "Position of Tom 0"), ("radio", "Tom 0 as cover"), ("checkbox", "Choose Tom 0")} <= set(
            tab.tree()
        )

    def test_the_keyboard_reaches_everything_and_shows_where_it_is(stage, tab):
        tab.wide(1280)
        tab.open(f"{stage.server.url}/a/{stage.album}/edit")
        reached = []
        for _ in range(40):
            for kind in ("keyDown", "keyUp"):
                tab.ask("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
            tag, shown = tab.run(FOCUSED)
            assert shown or tag == "BODY", tag
            reached.append(tag)
        assert {"A", "INPUT", "TEXTAREA", "SELECT", "BUTTON", "SUMMARY"} <= set(reached)
        assert reached[0] == "A"

    def test_forms_of_an_album_work_without_scripts(stage, tab, tmp_path):
        first, second, *_ = stage.pictures
        tab.ask("Emulation.setScriptExecutionDisabled", value=True)
        tab.wide(1280)
        edit = f"{stage.server.url}/a/{stage.album}/edit"
        tab.open(edit)
        tab.press("button[value=texts]", title="Dogs & <b>cats</b>", privacy="hidden")
        assert (stage.stored()["title"], stage.stored()["privacy"]) == ("Dogs & <b>cats</b>", "hidden")
        assert stage.stored()["description"] == "All of them\nin a row"
        assert tab.run("document.querySelector('[role=status]').innerText") == "Saved."
        tab.press("button[value=order]", **{f"at-{second}": "1"})
        assert stage.stored()["images"][:2] == [second, first]
        tab.run(f"document.querySelector('[name=cover][value=\"{first}\"]').checked = true")
        tab.press("button[value=cover]")
        assert stage.stored()["cover"] == first
        tab.run(f"document.querySelector('[name=chosen][value=\"{second}\"]').checked = true")
        tab.press("button[value=remove]")
        assert second not in stage.stored()["images"]
        (tmp_path / "new.png").write_bytes(grey(8, 8, 3, "new"))
        tab.choose_file("#image", tmp_path / "new.png")
        tab.press("button[value=add]")
        assert len(stage.stored()["images"]) == 4
        tab.open(f"{stage.server.url}/{first}/edit")
        tab.press("button[value=texts]", title="Caption")
        tab.press("button[value=delete]")
        assert first not in stage.stored()["images"]
        assert tab.complaints() == []

    def test_faults_the_clock_and_knobs_are_turned_without_scripts(stage, tab):
        tab.ask("Emulation.setScriptExecutionDisabled", value=True)
        tab.wide(320)
        tab.open(f"{stage.server.url}/faults")
        tab.press("button[value=clear]")
        assert stage.look("faults") == []
        tab.press("button[value=add]", fault="html-503", path="/3/credits", nth="1")
        assert [rule["fault"] for rule in stage.look("faults")] == ["html-503"]
        tab.press("button[value=remove]")
        assert stage.look("faults") == []
        tab.press("button[value=swarm]", seed="storm")
        assert stage.look("swarm")["seed"] == "storm"
        tab.press("button[value=calm]")
        before = stage.look("clock")["now"]
        tab.open(f"{stage.server.url}/controls")
        tab.press("button[value=advance]", by="3", unit="days")
        assert stage.look("clock")["now"] >= before + 3 * 86_400
        tab.press("button[value=turn]", hidden_owner="withheld")
        assert stage.look("knobs")["hidden_owner"] == "withheld"
        assert tab.complaints() == []

    def test_a_log_in_leads_back_to_the_program_that_asked(stage, tab):
        """The policy of pages must not stop the form from leading to another origin of this machine."""
        port = urlsplit(stage.server.url).port
        asked = f"client_id={stage.server.client_id}&response_type=code&state=s"
        tab.open(f"{stage.server.url}/oauth2/authorize?{asked}&redirect_uri=http://localhost:{port}/callback")
        tab.press("button[value=allow]")
        place = urlsplit(tab.run("location.href"))
        assert (place.hostname, place.path) == ("localhost", "/callback")
        assert set(parse_qs(place.query)) == {"code", "state"}

    def test_a_site_elsewhere_sends_no_form_and_reads_nothing_by_a_name_of_its_own(stage, tmp_path):
        port = urlsplit(stage.server.url).port
        before = stage.look("world"), stage.look("knobs")
        with evil(stage.server, stage.album) as lair, browsing(tmp_path, f"--host-resolver-rules={MAPPED}") as tab:
            for form in ("edit", "steer"):
                tab.open(f"http://evil.com:{lair}/{form}")
                tab.leaves(lambda: tab.run("document.forms[0].submit()"))
                assert "may not do this" in tab.run("document.body.innerText")
            for path in ("/", "/meters", "/_simulator/world"):
                tab.open(f"http://evil.com:{port}{path}")
                text = tab.run("document.body.innerText")
                assert "this server does not go by the name" in text
        assert (stage.look("world"), stage.look("knobs")) == before


MAPPED = "MAP evil.com 127.0.0.1"


@contextmanager
def evil(server: Running, album: str) -> Iterator[int]:
    """A web site that means no good, on a port of this machine."""
    pages = {
        "/edit": f'<form method="post" action="{server.url}/a/{album}/edit"><input name="do" value="delete"></form>',
        "/steer": f'<form method="post" enctype="text/plain" action="{server.url}/_simulator/knobs">'
        '<input name=\'{"shape": "v1", "x\' value=\'": 1}\'></form>',
    }

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path, "").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    site = http.server.HTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=site.serve_forever)
    thread.start()
    try:
        yield site.server_port
    finally:
        site.shutdown()
        thread.join()
        site.server_close()
