"""Put 20 MB into the file store, so that a backup takes a while."""

import io
import os

from safelane.cli.workspace import operator, set_up

set_up()

from safelane.core.files.store import store_file  # noqa: E402

for number in range(40):
    body = io.BytesIO(b"a,b\n" + os.urandom(250_000).hex().encode())
    store_file(
        body, f"{number}.csv", kind="import", verb="hazard.import", by=operator()
    )
