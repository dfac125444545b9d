"""What people typed, on every page and in every file: shown, and never acted on."""

import csv
import io
import json
import re
import zipfile

import pytest

from safelane.exchange.exports import export_records
from safelane.exchange.files.source import Source
from safelane.exchange.writers import ExportField, Row, Sheet
from safelane.exchange.writers.delimited import harmless, write_csv
from safelane.exchange.writers.xlsx import write_xlsx
from safelane.hazards.testing import register_area
from tests.architecture.sources import ROOT
from tests.security.walk import answers

pytestmark = pytest.mark.django_db
MARKUP = "<img src=x onerror=alert(1)>"
NAME = f"{MARKUP}</script>\"'&{{{{7*7}}}}{{% now 'Y' %}}%(name)s{{0.__class__}}"


@pytest.fixture
def hazard(cast):
    return register_area(cast, "azerbaijan", "AZ-1", name=NAME[:200], comment=NAME)


def pages_of(hazard, browser):
    own = {"uid": str(hazard.uid), "pk": hazard.pk, "name": "hazardous-areas"}
    for address, answer in answers(browser):
        yield address.name, answer
        path = address.path(own)
        if address.converters and path is not None:
            yield address.name, browser.get(path)
    yield "search", browser.get("/hazards/", {"q": NAME})


def test_no_page_acts_on_what_somebody_typed(hazard, clients):
    shown = set()
    for name, answer in pages_of(hazard, clients["aysel"]):
        kind = answer.get("Content-Type", "")
        if answer.streaming or not kind.startswith("text/html"):
            continue
        text = answer.content.decode()
        assert MARKUP not in text, name
        if "onerror=alert(1)" in text:
            shown.add(name)
    assert {"hazards:detail", "hazards:register", "search"} <= shown


def test_typed_text_is_no_template_and_no_format(hazard, clients):
    text = clients["aysel"].get(f"/hazards/{hazard.uid}/").content.decode()
    assert "{{7*7}}" in text
    assert "%(name)s" in text
    assert "{0.__class__}" in text


@pytest.mark.parametrize(
    "path", ["/api/v1/hazards", "/ogc/collections/hazardous-areas/items"]
)
def test_json_is_json_and_says_so(hazard, clients, path):
    answer = clients["aysel"].get(path)
    assert "json" in answer["Content-Type"]
    assert NAME[:200] in set(texts_in(json.loads(answer.content))), path


def texts_in(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from texts_in(part)
    else:
        yield value


def test_data_inside_pages_cannot_end_a_script(hazard, clients):
    text = clients["aysel"].get("/hazards/").content.decode()
    block = r'<script[^>]*type="application/json"[^>]*>(.*?)</script>'
    for inner in re.findall(block, text, re.DOTALL):
        json.loads(inner)
        assert "<" not in inner


LEADS = (
    "",
    " ",
    "\t",
    "\r",
    "\n",
    "\u00a0",
    "\u3000",
    "\u200b",
    "\u2060",
    "\ufeff",
    "\u202e",
)
FORMULAS = [f"{lead}{sign}1" for lead in LEADS for sign in "=+-@＝＋－＠﹢﹣﹦﹫"]
PLAIN = ("", "AZ-1", "a=b", "1 - 2", "O'Brien", "'quoted'", "’=1", "\u200bmine")


@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_no_spreadsheet_runs_a_cell(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", PLAIN, ids=ascii)
def test_what_no_spreadsheet_runs_stays_as_it_is(text):
    assert harmless(text) == text


def test_a_text_comes_back_from_our_own_file_equal(tmp_path):
    texts = [*FORMULAS, *PLAIN[1:], *(f"'{text}" for text in FORMULAS), "''=1", "'"]
    sheet = Sheet("x", "X", (ExportField("name", "Name"), ExportField("n", "N")), "")
    rows = [Row({"name": text, "n": number}) for number, text in enumerate(texts)]
    for path, write in (
        (tmp_path / "x.csv", write_csv),
        (tmp_path / "x.xlsx", write_xlsx),
    ):
        write(path, sheet, rows)
        with Source(path) as source:
            column = source.info.columns[0].name
            read = [
                text for batch in source.batches() for text in batch.columns[column]
            ]
        assert read == texts, path.suffix


def test_exports_keep_text_as_text(cast, tmp_path):
    register_area(cast, "azerbaijan", "AZ-1", name='=cmd|"/c calc"!A1', comment=NAME)
    actor = cast.actor("aysel")
    export_records(tmp_path / "a.csv", "hazards", "csv", by=actor)
    rows = csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text("utf-8-sig")))
    (row,) = rows
    assert row["name"].startswith("'=cmd")
    export_records(tmp_path / "a.kml", "hazards", "kml", by=actor)
    kml = (tmp_path / "a.kml").read_text(encoding="utf-8")
    assert MARKUP not in kml and "&lt;img" in kml
    export_records(tmp_path / "a.xlsx", "hazards", "xlsx", by=actor)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        sheets = [n for n in book.namelist() if n.startswith("xl/worksheets/")]
        assert not any(b"<f>" in book.read(name) for name in sheets)


def test_text_is_decoded_once(cast, clients):
    register_area(cast, "azerbaijan", "AZ-1", name="100%25 &amp; %3Cb%3E")
    (item,) = clients["aysel"].get("/api/v1/hazards").json()["items"]
    assert item["facts"]["name"] == "100%25 &amp; %3Cb%3E"
    page = clients["aysel"].get("/hazards/?q=%2525").content.decode()
    assert 'value="%25"' in page


def test_addresses_built_from_typed_text_are_encoded(hazard, clients):
    text = clients["aysel"].get("/hazards/", {"q": 'x"&y=<z>#'}).content.decode()
    links = re.findall(r'href="([^"]*q=[^"]*)"', text)
    assert links
    for link in links:
        assert not re.search(r"[<>#\s]", link), link
    assert not re.search(r'(href|src|action)="(javascript|data|vbscript):', text)


def test_exported_names_of_files_stay_names(cast, clients):
    from safelane.core.files.store import store_file

    stored = store_file(
        io.BytesIO(b"a,b\n1,2\n"),
        'x"; filename="evil.html\r\nX-Injected: 1.csv',
        kind="import",
        verb="hazard.import",
        by=cast.actor("aysel"),
    )
    answer = clients["aysel"].get(f"/files/{stored.uid}/")
    b"".join(answer.streaming_content)
    assert "X-Injected" not in answer.headers
    assert answer["Content-Disposition"].count('filename="') <= 1


def test_answers_have_the_described_fields_and_no_others(cast, clients):
    register_area(cast, "cambodia", "KH-1")
    text = (ROOT / "tests" / "architecture" / "openapi.json").read_text("utf-8")
    document = json.loads(text)
    (item,) = clients["chan"].get("/api/v1/hazards").json()["items"]
    listed = document["paths"]["/api/v1/hazards"]["get"]["responses"]["200"]
    schema = listed["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
    items = document["components"]["schemas"][schema]["properties"]["items"]
    named = document["components"]["schemas"][items["items"]["$ref"].split("/")[-1]]
    assert set(item) == set(named["properties"])
