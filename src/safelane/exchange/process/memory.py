"""A ceiling on the memory of this process, by what the system offers."""

from __future__ import annotations

import os
import sys
import threading
import time

EXIT_OVER = 137
_POLL_SECONDS = 0.2


def cap_memory(limit: int) -> None:
    """Make this process fail rather than use more than ``limit`` bytes.

    Linux refuses the allocation, which Python reports as MemoryError; elsewhere a
    watching thread ends the process.
    """
    if sys.platform == "linux":
        import resource

        soft = limit + _mapped_already()
        resource.setrlimit(resource.RLIMIT_DATA, (soft, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    elif not any(t.name == _WATCHER for t in threading.enumerate()):
        threading.Thread(
            target=_watch, args=(limit,), name=_WATCHER, daemon=True
        ).start()


_WATCHER = "memory-watcher"


def _mapped_already() -> int:
    """Return the bytes of data that libraries mapped before any file was read."""
    with open("/proc/self/statm", encoding="ascii") as numbers:
        return int(numbers.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")


def _watch(limit: int) -> None:
    while peak_memory() < limit:
        time.sleep(_POLL_SECONDS)
    os._exit(EXIT_OVER)


def peak_memory() -> int:
    """Return the most memory that this process has held, in bytes."""
    if sys.platform == "win32":
        return _peak_on_windows()
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _peak_on_windows() -> int:
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        """PROCESS_MEMORY_COUNTERS; the last of its sizes is the peak."""

        _fields_ = (
            ("cb", wintypes.DWORD),
            ("page_faults", wintypes.DWORD),
            ("sizes", ctypes.c_size_t * 8),
        )

    counters = Counters()
    kernel = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]
    kernel.GetCurrentProcess.restype = wintypes.HANDLE
    kernel.K32GetProcessMemoryInfo.argtypes = (
        wintypes.HANDLE,
        ctypes.c_void_p,
        wintypes.DWORD,
    )
    kernel.K32GetProcessMemoryInfo(
        kernel.GetCurrentProcess(), ctypes.byref(counters), ctypes.sizeof(counters)
    )
    return int(counters.sizes[7])
