"""Why a trial cannot start: one line for the person who typed the command."""

import click


class Unstartable(click.ClickException):
    """The trial cannot start, or a part of it did not come up; the text says what to do."""

    exit_code = 2
