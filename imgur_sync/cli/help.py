"""x"""

import click

command = click.Command("help")
