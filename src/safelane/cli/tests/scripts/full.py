"""Do one thing on the site while the disk takes nothing more; say what came of it."""

import gc
import json
import resource
import signal
import sys
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from safelane.cli.workspace import set_up

set_up()

import shapely  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from safelane.core.files.models import StoredFile  # noqa: E402
from safelane.core.history.models import Change  # noqa: E402
from safelane.core.jobs.models import JobRun  # noqa: E402
from safelane.core.jobs.worker import run_waiting_jobs  # noqa: E402
from safelane.exchange.models import ImportRun  # noqa: E402
from safelane.hazards import testing as actions  # noqa: E402
from safelane.hazards.inputs import ReportInput  # noqa: E402
from safelane.hazards.models import HazardousArea  # noqa: E402
from safelane.organisations.testing import read_cast  # noqa: E402

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
setup_test_environment()
cast = read_cast()
browser = Client(raise_request_exception=False)
browser.force_login(cast.users["noy"])
browser.get("/hazards/")


@contextmanager
def full_disk(size):
    """Let no file grow over ``size`` bytes, as a full disk does."""
    connection.close()
    _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        connection.close()


def area(number):
    x, y = 103.01 + number % 50 / 1000, 19.31 + number // 50 / 1000
    return shapely.box(x, y, x + 0.0005, y + 0.0005)


def features(count):
    said = {
        "type": "Suspected hazardous area",
        "status": "Active",
        "date": "2023-05-01",
    }
    rows = [
        {
            "type": "Feature",
            "geometry": area(n).__geo_interface__,
            "properties": said | {"hazard_id": f"XK-{n}", "remarks": "x" * 300},
        }
        for n in range(count)
    ]
    return json.dumps({"type": "FeatureCollection", "features": rows}).encode()


def send(content):
    given = SimpleUploadedFile("r.geojson", content)
    home = cast.organisations["laa"].pk
    data = {"file": given, "target": "hazards", "organisation": home}
    return browser.post("/exchange/import/", data)


def counts():
    browser.exc_info = None  # it keeps the half-written upload alive
    gc.collect()
    return [
        HazardousArea.objects.count(),
        ImportRun.objects.count(),
        StoredFile.objects.count(),
        Change.objects.count(),
        sum(p.is_file() for p in Path(settings.MEDIA_ROOT).rglob("*")),
        sum(p.is_file() for p in Path(settings.DATA_DIR, "uploads").rglob("*")),
    ]


def upload(size, limit):
    """Return the answer alone: with its request it keeps the half-written file."""
    content = features(size)
    with full_disk(limit):
        answer = send(content)
    return HttpResponse(answer.content, status=answer.status_code)


def approve():
    claim = ReportInput(
        date_of_information=date(2026, 1, 2),
        reference="LA-1",
        facts={"kind": "sha", "status": "open", "geometry": area(1)},
    )
    people = {name: cast.actor(name) for name in ("bounmy", "keo", "vanh")}
    home = cast.organisations["lao"]
    row = actions.create_report(claim, organisation=home, by=people["bounmy"])
    row = actions.submit_report(row, by=people["bounmy"])
    row = actions.check_report_operator(row, by=people["keo"])
    row = actions.check_report_operations(row, by=people["vanh"])
    path = f"/hazards/reports/{row.uid}/step/approve/"
    before.extend(counts())
    with full_disk(8_000):
        answer = browser.post(path)
    row.refresh_from_db()
    found["stage"] = row.stage
    after.extend(counts())
    found["again"] = browser.post(path).status_code
    row.refresh_from_db()
    found["stage again"] = row.stage
    return answer


def bring_in():
    url = send(features(300))["Location"]
    page = browser.get(url)
    form = {b.html_name: b.value() for b in page.context["form"]}
    data = {k: v for k, v in form.items() if v not in (None, False)}
    data |= {"mode": "all", "reason": "Register"}
    browser.post(url, data | {"step": "check"})
    run_waiting_jobs()
    before.extend(counts())
    answer = browser.post(url, data | {"step": "import"})
    try:
        with full_disk(60_000):
            run_waiting_jobs()
    except Exception as error:
        found["worker"] = f"{type(error).__name__}: {error}"
    job = JobRun.objects.latest("created")
    found["job"], found["told"] = job.status, job.error
    after.extend(counts())
    browser.post(url, data | {"step": "import"})
    run_waiting_jobs()
    found["areas again"] = HazardousArea.objects.count()
    return answer


found, before, after = {}, [], []
what = sys.argv[1]
if what == "approve":
    answer = approve()
elif what == "import":
    answer = bring_in()
elif what == "health":
    before.extend(counts())
    with full_disk(60_000):
        answer = browser.get("/health")
    after.extend(counts())
else:
    before.extend(counts())
    answer = upload(*{"small": (800, 100_000), "large": (12_000, 1_000_000)}[what])
    after.extend(counts())
text = answer.content.decode()
found |= {
    "status": answer.status_code,
    "clear": "disk" in text and "Nothing was saved" in text,
}
print(json.dumps(found | {"before": before, "after": after, "text": text[:6000]}))
