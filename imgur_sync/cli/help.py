"""`imgur-sync help`: topics that no single command's --help can hold, and every command's help."""

from __future__ import annotations

import click

from imgur_sync.cli.session import Session, result, shared
from imgur_sync.errors import UsageError


class TopicName(click.types.StringParamType):
    """A text; completed with topics and commands."""

    name = "topic"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        """Those that begin so."""
        from imgur_sync.cli import COMMANDS
        from imgur_sync.cli.topics import TOPICS

        names = [*TOPICS, *(name for name in COMMANDS if name not in TOPICS)] if not ctx.params.get("topic") else []
        return [click.shell_completion.CompletionItem(name) for name in names if name.startswith(incomplete)]


@click.command("help", short_help="Explain a topic: the manifest, gates, exit codes and more.")
@click.argument("topic", metavar="[TOPIC]...", nargs=-1, type=TopicName())
@shared(json=False)
@click.pass_context
def command(ctx: click.Context, session: Session, topic: tuple[str, ...]) -> None:
    """Explain TOPIC, or list the topics. The name of a command shows its help: imgur-sync help state rebuild."""
    from imgur_sync.cli.topics import TOPICS

    if not topic:
        result(_list())
    elif len(topic) == 1 and topic[0] in TOPICS:
        result(TOPICS[topic[0]].text())
    else:
        result(_command_help(ctx.find_root(), topic))


def _list() -> str:
    from imgur_sync.cli.topics import TOPICS

    width = max(len(name) for name in TOPICS)
    rows = "".join(f"  {name:<{width}}  {topic.title}\n" for name, topic in TOPICS.items())
    return (
        f"imgur-sync help TOPIC explains:\n\n{rows}\nThe commands: imgur-sync --help. One: imgur-sync COMMAND --help\n"
    )


def _command_help(root: click.Context, names: tuple[str, ...]) -> str:
    """The help of a command, or of one below it. Raises `UsageError` for what is neither command nor topic."""
    context = root
    for name in names:
        group = context.command
        found = group.get_command(context, name) if isinstance(group, click.Group) else None
        if found is None:
            raise _unknown(" ".join(names), names[0])
        context = click.Context(found, parent=context, info_name=name)
    return context.get_help() + "\n"


def _unknown(asked: str, first: str) -> UsageError:
    from difflib import get_close_matches

    from imgur_sync.cli import COMMANDS
    from imgur_sync.cli.topics import TOPICS

    close = get_close_matches(first, [*TOPICS, *COMMANDS], 1)
    known = f"the topics are {', '.join(TOPICS)}"
    return UsageError(f'there is no topic "{asked}"', hint=f"did you mean {close[0]}? {known}" if close else known)
