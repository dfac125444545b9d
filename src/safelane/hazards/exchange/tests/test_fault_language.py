"""What is wrong with a file is said in the language of who brought it."""

import ast
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

import safelane.exchange
from safelane.core.jobs.worker import run_waiting_jobs
from safelane.exchange.files import errors, wording
from safelane.exchange.models import ImportRun
from safelane.hazards.exchange.tests.conftest import feature, file_of
from safelane.hazards.exchange.tests.test_pages import client_of, form_of
from safelane.hazards.tests.conftest import Field

pytestmark = pytest.mark.django_db
TWICE = [{"name": name, "code": "LA-77", "level": 1} for name in ("Kham", "Nonghet")]


def uploaded(client: Client, field: Field, name: str, data: bytes, target: str) -> Any:
    about = {"target": target, "organisation": field.authority.pk}
    about["file"] = SimpleUploadedFile(name, data)
    return client.post(reverse("exchange:imports"), about)


def test_faults_of_rows_speak_the_language_of_the_job(bring_in: Any) -> None:
    with translation.override("az"):
        run = bring_in(feature(1, date=None), mode="skip")
        wanted = translation.gettext("This is needed and empty.")
    messages = list(run.faults.filter(level="error").values_list("message", flat=True))
    assert wanted in messages and "needed" not in " ".join(messages)


def test_a_failed_import_speaks_as_the_page_on_which_it_was_started(
    field: Field,
) -> None:
    """The account names no language: the switch on the page does."""
    client = client_of(field.manager)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "az"
    shapes = [feature(n) | {"properties": said} for n, said in enumerate(TWICE)]
    answer = uploaded(client, field, "a.geojson", file_of(*shapes).read(), "areas")
    url = answer["Location"]
    data = form_of(client.get(url))
    client.post(url, data | {"mode": "all", "reason": "Levels", "step": "import"})
    run_waiting_jobs()
    run = ImportRun.objects.get()
    with translation.override("az"):
        said = translation.gettext("Code %(code)s stands twice at level %(level)s.")
    assert run.message == said % {"code": "LA-77", "level": 1}


def zipped(name: str, data: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, data)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.zip", b"PK\x03\x04 and no more", "the zip is cut off or damaged"),
        ("a.zip", zipped("../a.csv", b"x"), "“%(name)s” leads outside the zip"),
        ("a.geojson", b'{"type": "F", "x": [1}', "the JSON breaks off or is damaged"),
        ("a.gpkg", b"nothing of the kind", "it is no SQLite database"),
    ],
)
def test_why_a_file_is_refused_is_translated(
    field: Field, monkeypatch: Any, name: str, data: bytes, reason: str
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(wording, "gettext", lambda text: asked.append(text) or "S %% Q")
    answer = uploaded(client_of(field.manager), field, name, data, "hazards")
    (said,) = answer.context["form"].errors["file"]
    assert reason in asked and "S % Q" in said


def test_what_a_mapping_lacks_is_translated(field: Field, monkeypatch: Any) -> None:
    client = client_of(field.manager)
    answer = uploaded(client, field, "a.csv", b"name,code,level\nA,B,1\n", "areas")
    url = answer["Location"]
    data = form_of(client.get(url)) | {"step": "save"}
    monkeypatch.setattr(wording, "gettext", lambda text: f"[{text}]")
    told = client.post(url, data | {"mode": "all", "reason": "x"}, follow=True)
    said = " ".join(map(str, told.context["messages"]))
    assert "[nothing gives the position]" in said


def test_no_reason_of_a_fault_is_plain_english() -> None:
    """It is marked to be translated, and names its values apart."""
    plain = []
    for path in Path(safelane.exchange.__path__[0]).rglob("*.py"):
        tree = ast.parse(path.read_text())
        for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
            of = getattr(call.func, "attr", getattr(call.func, "id", ""))
            kind = getattr(errors, of, None)
            if not (isinstance(kind, type) and issubclass(kind, errors.ExchangeError)):
                continue
            said = [word.value for word in call.keywords if word.arg == "reason"]
            if any(isinstance(s, ast.Constant | ast.JoinedStr) for s in said):
                plain.append(f"{path.name}:{call.lineno}")
    assert plain == []
