"""Register people with sealed fields (a number), or print their names ("read")."""

import json
import sys

from safelane.cli.workspace import set_up

set_up()

from safelane.accidents.models import VictimIdentity  # noqa: E402
from safelane.accidents.tests.steps import claims, draft, victim  # noqa: E402
from safelane.organisations.testing import read_cast, register_cast  # noqa: E402

if sys.argv[1] == "read":
    names = [row.name for row in VictimIdentity.objects.order_by("pk")]
    print(json.dumps(names))
else:
    register_cast()
    cast = read_cast()
    for number in range(int(sys.argv[1])):
        people = (victim(1), victim(2))
        draft(cast, "azo", claims(f"ACC-{number}", victims=people))
