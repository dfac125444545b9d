"""Say in one process whether the history holds, and the heads of its chains."""

import json

from safelane.cli.workspace import set_up

set_up()

from safelane.core.history.chain import heads, verify  # noqa: E402

print(json.dumps({"holds": verify().holds, "heads": heads()}))
