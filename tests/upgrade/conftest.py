"""Workspaces of earlier versions, unpacked, and the commands of this one."""

from safelane.cli.tests.conftest import Workspace, postgis

__all__ = ["Workspace", "postgis"]
