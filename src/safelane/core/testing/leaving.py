"""Leaving a test out for want of a program, only where that is allowed."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def left_out(reason: str) -> NoReturn:
    """Skip a test, or fail it where nothing may be left out."""
    if os.environ.get("SAFELANE_TEST_REQUIRE") == "all":
        pytest.fail(f"{reason}, and SAFELANE_TEST_REQUIRE is all")
    pytest.skip(reason)
