"""What `/health` says: no secret, no path, no count of people or records."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import safelane
from safelane.core.health.writing import refusals
from safelane.core.history.models import ChainHead
from safelane.core.jobs.heartbeats import seconds_since_last_beat
from safelane.core.jobs.models import OLD_QUEUE
from safelane.core.protect.cipher import SecretOther
from safelane.core.protect.fields import require_own_secret

LOW_DISK_MB = 200
WORKER_SILENT_SECONDS = 60


def health_report() -> dict[str, dict[str, Any]]:
    """Return how database, migrations, disk, writing and the rest are, by name."""
    return {
        "database": _answered(_database),
        "migrations": _answered(_migrations),
        "secret": _answered(_secret),
        "disk": _disk(),
        "writing": _writing(),
        "worker": _worker(),
        "audit": _answered(_audit),
    }


def _answered(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return ask()
    except DatabaseError:
        return {"ok": False, "detail": "the database does not answer"}


def _database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return {"ok": True, "vendor": connection.vendor}


def pending_migrations() -> list[str]:
    """Return the migrations that the database has not seen, as ``app.name``."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _back in plan]


def unknown_migrations() -> list[str]:
    """Return the migrations of the database that only a newer version knows."""
    loader = MigrationExecutor(connection).loader
    unknown = set(loader.applied_migrations) - set(loader.disk_migrations)
    replaced = {key for m in loader.disk_migrations.values() for key in m.replaces}
    left = (key for key in unknown - replaced if key[0] != OLD_QUEUE)
    return sorted(f"{app}.{name}" for app, name in left)


def _migrations() -> dict[str, Any]:
    pending = len(pending_migrations())
    return {"ok": pending == 0, "pending": pending}


def _secret() -> dict[str, Any]:
    """Say whether this process has the secret that the data belongs to."""
    try:
        require_own_secret()
    except SecretOther:
        return {"ok": False, "detail": "the data belongs to another secret: restart"}
    return {"ok": True}


def _disk() -> dict[str, Any]:
    folder = Path(settings.DATA_DIR)
    try:
        free = shutil.disk_usage(folder).free // 1_000_000
    except OSError:
        return {"ok": False, "detail": "the data folder is out of reach"}
    return {"ok": free >= LOW_DISK_MB, "free_mb": free}


def _writing() -> dict[str, Any]:
    found = [item.told for item in refusals()]
    return {"ok": False, "detail": "; ".join(found)} if found else {"ok": True}


def _worker() -> dict[str, Any]:
    seconds = seconds_since_last_beat()
    if seconds is None:
        return {"ok": True, "running": False}
    return {
        "ok": True,
        "running": seconds < WORKER_SILENT_SECONDS,
        "seconds_since_beat": round(seconds),
    }


def _audit() -> dict[str, Any]:
    return {"ok": True, "chains": ChainHead.objects.count()}


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the installation can work and 503 when it cannot."""
    parts = health_report()
    is_well = all(part["ok"] for part in parts.values())
    head = {"status": "ok" if is_well else "failing", "version": safelane.__version__}
    return JsonResponse(head | parts, status=200 if is_well else 503)
