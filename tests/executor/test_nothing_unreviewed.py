"""What comes up while a run under a digest goes on is not carried out, also where that digest had nothing to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import StaleError
from imgur_sync.executor import applying
from imgur_sync.executor.applying import apply
from imgur_sync.model.plan import Plan
from imgur_sync.model.reviewed import Expected
from tests.executor.test_settling_in_trouble import UPLOAD, leave_in_doubt
from tests.support import sync_stage
from tests.support.lifecycle_stage import LifecycleStage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[LifecycleStage]:
    """An album as wanted, and an upload in doubt whose file is gone: nothing is wanted, and a run has to look again."""
    with LifecycleStage(tmp_path) as made:
        made.album("cats")
        made.put("cats", "a.png", 1)
        made.apply()
        made.put("cats", "gone.png", 50)
        leave_in_doubt(made, UPLOAD, "drop_before")
        (made.albums["cats"].root / "gone.png").unlink()
        yield made


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Any]) -> None:
    """Let something happen between a run's first plan and its second one."""

    def applied(ports: Any, writer: Any, manifest: Any, options: Any, confirm: Callable[[Plan], bool]) -> Any:
        def asked(plan: Plan) -> bool:
            happens()
            return confirm(plan)

        return apply(ports, writer, manifest, options, asked)

    monkeypatch.setattr(sync_stage, "apply", applied)


@pytest.mark.parametrize("known", [False, True])
def test_a_file_that_comes_while_nothing_is_wanted_is_not_sent(
    stage: LifecycleStage, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """Under a digest that nobody knows here, and under the one of the plan that wants nothing."""
    plan = stage.plan()
    assert plan.empty
    assert not plan.settled
    meanwhile(monkeypatch, lambda: stage.put("cats", "late.png", 60))
    with pytest.raises(StaleError, match="the world changed during the run"):
        stage.apply(expect=Expected(plan.digest if known else "sha256:" + "0" * 64))
    assert stage.uploads() == 1
    monkeypatch.setattr(sync_stage, "apply", applying.apply)
    stage.apply()
    assert stage.shown("cats") == stage.wanted("cats")
