"""Run a command as another account than the one to which a data folder belongs.

Root gives up its rights to others' files, and calls itself by another number: a real
other account may often not read the code that is tested.
"""

import ctypes
import os
import sys

NUMBER = 65_001
PR_CAPBSET_DROP, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER = 24, 1, 2, 3
libc = ctypes.CDLL(None, use_errno=True)
for capability in (DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER):
    if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0):
        print("rights cannot be given up here", file=sys.stderr)
        raise SystemExit(77)
named = f"import os; os.geteuid = lambda: {NUMBER}"
call = f"{named}; from safelane.cli.main import app; app()"
os.execv(sys.executable, [sys.executable, "-c", call, *sys.argv[1:]])
