"""Register the cast in the workspace of this process."""

from safelane.cli.workspace import set_up

set_up()

from safelane.organisations.testing import register_cast  # noqa: E402

register_cast()
