"""Whatever waits, for latency or a fault, keeps nobody waiting, and ends with the rule that has it wait."""

import threading

import httpx
import pytest

from imgur_sync.simulator import Limits, Options, running
from imgur_sync.simulator.server import THREADS
from tests.support.pictures import png

HOUR = 3_600.0
MANY = 20
FREE = Limits(0, 0, 0, 0)


class Waiting:
    """So many requests in threads of their own; `ends` has what became of each, in the order of their ends."""

    def __init__(self, server, path="/3/credits", many=MANY):
        self.server, self.path, self.ends = server, path, []
        self.threads = [threading.Thread(target=self.ask) for _ in range(many)]
        before = server.world.arrived
        for thread in self.threads:
            thread.start()
        while server.world.arrived < before + many:
            steer(server, "GET", "clock")

    def ask(self):
        try:
            reply = httpx.get(self.server.url + self.path, headers=self.server.anonymous, timeout=None)
            self.ends.append(reply.status_code)
        except httpx.TransportError as error:
            self.ends.append(type(error))

    def join(self):
        for thread in self.threads:
            thread.join()
        return self.ends


def steer(server, method, path):
    reply = httpx.request(method, f"{server.url}/_simulator/{path}", timeout=60)
    assert reply.status_code == 200
    return reply.json()


def is_served(server):
    """Steering, a picture's upload and its page are answered."""
    steer(server, "GET", "knobs")
    sent = {"image": ("x.png", png())}
    reply = httpx.post(f"{server.url}/3/upload", headers=server.anonymous, files=sent, timeout=60)
    assert reply.status_code == 200
    assert httpx.get(f"{server.url}/{reply.json()['data']['id']}", timeout=60).status_code == 200


def workers():
    return {thread for thread in threading.enumerate() if thread.name.startswith("waitress-")}


@pytest.mark.parametrize(
    ("rule", "end"),
    [
        ({"fault": "delay", "seconds": HOUR}, 200),
        ({"fault": "delay", "seconds": 9.9e9, "after": True}, 200),
        ({"fault": "timeout-before", "seconds": HOUR}, httpx.RemoteProtocolError),
        ({"fault": "timeout-after", "seconds": HOUR}, httpx.RemoteProtocolError),
        ({"fault": "connect-timeout", "seconds": HOUR}, httpx.ReadError),
    ],
)
def test_others_are_answered_while_many_wait_and_those_end_with_their_rule(rule, end):
    with running(Options(limits=FREE)) as server:
        server.script([{**rule, "match": {"path": "/3/credits"}}])
        waiting = Waiting(server)
        is_served(server)
        assert waiting.ends == []
        steer(server, "DELETE", "faults")
        assert waiting.join() == [end] * MANY


def test_only_what_waits_for_the_rule_that_was_deleted_ends():
    with running(Options(limits=FREE)) as server:
        server.fault("delay", path="/3/credits", seconds=HOUR)
        server.fault("body", how="slow", path="/3/image/none", seconds=HOUR)
        waiting, other = Waiting(server), Waiting(server, "/3/image/none", 2)
        steer(server, "DELETE", "faults?id=2")
        assert other.join() == [404] * 2
        assert waiting.ends == []
        steer(server, "DELETE", "faults?id=1")
        assert waiting.join() == [200] * MANY


def test_what_waits_for_latency_ends_with_the_server():
    with running(Options(limits=FREE, latency=HOUR)) as server:
        waiting = Waiting(server)
        steer(server, "GET", "history")
        assert waiting.ends == []
    assert len(waiting.join()) == MANY


def test_threads_that_were_added_for_those_who_wait_are_let_go():
    before = workers()
    with running(Options(limits=FREE)) as server:
        server.fault("delay", path="/3/credits", seconds=HOUR)
        waiting = Waiting(server)
        assert len(workers() - before) > MANY
        server.clear_faults()
        waiting.join()
        while len(workers() - before) > 2 * THREADS:
            steer(server, "GET", "clock")
        is_served(server)
