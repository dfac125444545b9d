"""A served workspace with eleven parts made by ``safelane dev new-app``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safelane.cli.dev import names_of, write_skeleton
from safelane.core.domain import Group
from tests.architecture.sources import ROOT
from tests.e2e.site import SAFELANE, STOP_SECONDS, Site, free_port, wait_until_up

PARTS = (
    ("operations", "task", Group.OPERATIONS),
    ("quality", "visit", Group.OPERATIONS),
    ("surveys", "submission", Group.FIELD),
    ("awareness", "session", Group.FIELD),
    ("staff", "contract", Group.PEOPLE),
    ("training", "course", Group.PEOPLE),
    ("referrals", "referral", Group.PEOPLE),
    ("assets", "asset", Group.THINGS),
    ("explosives", "issue", Group.THINGS),
    ("grants", "grant", Group.MONEY),
    ("programmes", "initiative", Group.PROGRAMME),
)
# Signs somebody in with every verb of the new parts, and somebody with one verb.
SIGN_IN = """
import django; django.setup()
from django.conf import settings
from django.test import Client
from safelane.core.scope import system_actor
from safelane.organisations.actions import (
    create_organisation, create_user, grant_membership)
from safelane.organisations.models import Role
by = system_actor("tests")
home = create_organisation("Authority", "AU", "authority", country=None, by=by)
manager = Role.objects.get(code="information_manager").verbs
for name, verbs in (("all", [*manager, *RECORDS]), ("one", ["asset.view"])):
    role = Role.objects.create(code=f"test-{name}", name=name, reach="all", verbs=verbs)
    user = create_user(name, name.title(), by=by)
    grant_membership(user, home, role, by=by)
    client = Client()
    client.force_login(user)
    print("session", name, client.cookies[settings.SESSION_COOKIE_NAME].value)
"""


@contextmanager
def served_parts(folder: Path) -> Iterator[Site]:
    """Write the parts, make a workspace and serve it; links are session keys."""
    labels = [name for name, _record, _group in PARTS]
    for name, record, group in PARTS:
        names = names_of(name, record, group, is_inside=False)
        write_skeleton(folder / "parts" / name, names)
    port = free_port()
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SAFELANE_")}
    path = [str(folder / "parts"), str(ROOT / "src"), str(ROOT)]
    env = kept | {
        "SAFELANE_DATA_DIR": str(folder / "data"),
        "SAFELANE_PORT": str(port),
        "SAFELANE_PARTS": ",".join(labels),
        "PYTHONPATH": os.pathsep.join(path),
        "DJANGO_SETTINGS_MODULE": "safelane.config.settings",
    }
    done([sys.executable, "-m", "django", "makemigrations", *labels], env)
    done([SAFELANE, "init"], env)
    verbs = [f"{record}.*" for _name, record, _group in PARTS]
    said = done([sys.executable, "-c", SIGN_IN.replace("*RECORDS", f"*{verbs}")], env)
    lines = [line.split() for line in said.splitlines()]
    keys = {line[1]: line[2] for line in lines if line[:1] == ["session"]}
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen([SAFELANE, "serve"], env=env, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_up(process, url, folder / "serve.log")
            yield Site(url, keys)
        finally:
            process.terminate()
            process.wait(timeout=STOP_SECONDS)


def done(command: list[str], env: dict[str, str]) -> str:
    found = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=240, check=False
    )
    assert found.returncode == 0, found.stderr[-3000:] + found.stdout[-1000:]
    return found.stdout
