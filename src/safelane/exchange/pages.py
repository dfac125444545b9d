"""Pages of imports: upload, mapping, report by row with its map."""

from __future__ import annotations

import csv
from collections.abc import Container, Iterable
from itertools import chain
from pathlib import PurePath
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Min, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from safelane.core.errors import NotFound, SafelaneError
from safelane.core.filters.reading import text_of
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.queries import state_of
from safelane.core.pages.keyset import page_of
from safelane.core.review.queries import first_rows
from safelane.core.ui.context import actor_of
from safelane.exchange import actions, kinds
from safelane.exchange.export_page import export_page
from safelane.exchange.files.errors import ERROR
from safelane.exchange.files.errors import HIDDEN as SEALED
from safelane.exchange.files.notes import GRAVE, note_text
from safelane.exchange.files.reading import Batch, SourceInfo
from safelane.exchange.forms import MappingForm, ReadingForm, UploadForm
from safelane.exchange.imports.faulty_rows import (
    can_hand_back,
    faulty_rows,
    not_listed,
    not_listed_words,
)
from safelane.exchange.imports.opening import notes_of, opened
from safelane.exchange.imports.outcome import end_with_its_job
from safelane.exchange.mapping.convert import convert_column
from safelane.exchange.mapping.model import READING, FieldMapping, Mapping
from safelane.exchange.mapping.numbers import unit_column
from safelane.exchange.models import ImportFault, ImportRun, SavedMapping
from safelane.exchange.writers.delimited import harmless

PER_PAGE = 100
PROGRESS = "import-progress"  # the part of the page that asks again
MOST_MARKS = 5000
PREVIEWED = 8
MOST_KINDS = 100
KIND_OF_FAULT = ("level", "code", "column")


@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """List imports and take a new file."""
    actor = actor_of(request)
    actor.require(*(kind.verb for kind in kinds.import_kinds()))
    form = UploadForm(request.POST or None, request.FILES or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        about = dict(form.cleaned_data)
        upload = about.pop("file")
        try:
            run = actions.begin_import(upload, upload.name, **about, by=actor)
        except SafelaneError as error:
            form.add_error("file", error.message)
        else:
            return redirect("exchange:import-run", uid=run.uid)
    runs = ImportRun.objects.visible_to(actor).select_related("file", "organisation")
    page = page_of(runs, request.GET)
    names = {kind.name: kind.label for kind in kinds.import_kinds()}
    context = {"form": form, "page": page, "names": names}
    status = 422 if form.errors else 200
    return render(request, "exchange/imports.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def import_run(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show an import where it stands; take corrections and the word to start."""
    actor = actor_of(request)
    run = ImportRun.objects.get_for(actor, uid=uid)
    end_with_its_job(run)  # a form that was open meanwhile may start it again at once
    if request.method == "POST":
        return _take(request, run)
    if request.headers.get("HX-Target") == PROGRESS:
        return _progress(request, run)
    if run.is_open:
        return _mapping_page(request, run)
    return render(request, "exchange/run.html", _context(request, run))


def _progress(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Return how far the job is; once it has ended, the page is loaded anew."""
    if run.is_working:
        return render(request, "exchange/progress.html", _working(request, run))
    return HttpResponse(headers={"HX-Refresh": "true"})


def _working(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    """Return what is told of an import at work; of its job, to who may see that."""
    jobs = JobRun.objects.visible_to(actor_of(request))
    job = jobs.filter(uid=run.job).first() if run.job and run.is_working else None
    return {"run": run, "progress": PROGRESS, "state": job and state_of(job)}


def _take(request: HttpRequest, run: ImportRun) -> HttpResponse:
    step = request.POST.get("step", "")
    actor = actor_of(request)
    try:
        if step == "row":
            return _mapping_row(request, run)
        if step == "read":
            _read_again(request, run)
        elif step == "discard":
            actions.discard_import(run, by=actor)
        elif step == "withdraw":
            actions.withdraw_import(run, request.POST.get("reason", ""), by=actor)
            messages.success(request, _("The import is being taken back."))
        elif step == "keep":
            actions.keep_mapping(run, request.POST.get("name", ""), by=actor)
            messages.success(request, _("The mapping is kept."))
        else:
            form = _mapping_form(run, request.POST)
            if not form.is_valid():
                return _mapping_page(request, run, form)
            return _start(request, run, form, step)
    except SafelaneError as error:
        messages.error(request, error.message)
    return redirect("exchange:import-run", uid=run.uid)


def _mapping_row(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Return one row of the mapping for another column; nothing is saved.

    Raises:
        NotFound: The target has no such field.
    """
    name = request.POST.get("row", "")
    fields = run.layout.by_name
    if name not in fields:
        raise NotFound(_("There is no field “%(name)s”.") % {"name": name})
    mapping, column = Mapping.from_json(run.mapping), request.POST.get(f"column-{name}")
    mapping.fields.pop(name, None)
    constant = request.POST.get(f"constant-{name}", "")[:200]
    chosen = FieldMapping(column or "", constant, confidence=1.0, reason="person")
    sample, others = _sample(run), mapping.used_columns
    chosen.unit_column = unit_column(column or "", fields[name], sample.columns, others)
    mapping.fields[name] = chosen
    run.mapping = mapping.as_json()
    row = _mapping_form(run, sample=sample).row(fields[name])
    return render(request, "exchange/mapping_row.html", {"row": row})


def _start(
    request: HttpRequest, run: ImportRun, form: MappingForm, step: str
) -> HttpResponse:
    actor, mapping = actor_of(request), form.chosen()
    mapping.check(SourceInfo.from_wire(run.info), form.target)
    mode, reason = form.cleaned_data["mode"], form.cleaned_data["reason"]
    actions.choose_mapping(run, mapping, mode=mode, reason=reason, by=actor)
    if step == "check":
        actions.start_check(run, by=actor)
    elif step == "import":
        actions.start_import(run, by=actor)
    else:
        messages.success(request, _("The mapping is saved."))
    return redirect("exchange:import-run", uid=run.uid)


def _read_again(request: HttpRequest, run: ImportRun) -> None:
    actor = actor_of(request)
    form = _reading_form(request, run, request.POST)
    if not form.is_valid():
        messages.error(request, _("This choice is not possible."))
        return
    data = form.cleaned_data
    if data["saved"]:
        mapping = Mapping.from_json(data["saved"].mapping | {"may_move": False})
        reason = run.reason
        actions.choose_mapping(run, mapping, mode=run.mode, reason=reason, by=actor)
        return
    chosen = {name: data[name] for name in READING}
    actions.read_again(run, Mapping(run.target, **chosen), by=actor)


def _kept(request: HttpRequest, run: ImportRun) -> QuerySet[SavedMapping]:
    """Return the mappings that were kept for this kind of record."""
    rows = SavedMapping.objects.visible_to(actor_of(request))
    return rows.filter(target=run.target)


def _reading_form(
    request: HttpRequest, run: ImportRun, data: Any = None
) -> ReadingForm:
    return ReadingForm(
        data,
        info=SourceInfo.from_wire(run.info),
        saved=_kept(request, run),
        initial={k: run.mapping.get(k, "") for k in READING},
    )


def _sample(run: ImportRun) -> Batch:
    with opened(run) as source:
        # the file was read for what its columns hold when it came: not for each view
        return actions.sample_of(source, source.sample)


def _mapping_form(
    run: ImportRun, data: Any = None, sample: Batch | None = None
) -> MappingForm:
    return MappingForm(data, run=run, sample=sample or _sample(run))


def _mapping_page(
    request: HttpRequest, run: ImportRun, form: MappingForm | None = None
) -> HttpResponse:
    context = _context(request, run)
    try:
        sample = _sample(run)
        form = form or _mapping_form(run, sample=sample)
        context["preview"] = _preview(sample, run)
    except SafelaneError as error:
        context["fault"] = error.message
    reading = _reading_form(request, run)
    context |= {"form": form, "reading": reading, "saved": _kept(request, run)}
    status = 422 if form is not None and form.errors else 200
    return render(request, "exchange/mapping.html", context, status=status)


def _preview(sample: Batch, run: ImportRun) -> dict[str, Any]:
    """Return the first rows; of a file with identities, what is known to be none."""
    columns = {name: cells[:PREVIEWED] for name, cells in sample.columns.items()}
    if run.holds_identities:
        columns = _harmless_columns(columns, sample.rows[:PREVIEWED], run)
    rows = zip(sample.rows, *columns.values(), strict=False)
    named = [(n, list(zip(columns, cells, strict=True))) for n, *cells in rows]
    return {"columns": list(columns), "rows": named}


def _harmless_columns(
    columns: dict[str, list[Any]], rows: list[int], run: ImportRun
) -> dict[str, list[Any]]:
    """Return what dates, numbers and codes were understood; all else is blotted out."""
    mapping = Mapping.from_json(run.mapping)
    shown = {name: [SEALED] * len(rows) for name in columns}
    for field in run.layout.fields:
        mapped = mapping.fields.get(field.name)
        if (
            mapped is None
            or field.kind in ("text", "json")
            or mapped.column not in columns
        ):
            continue
        values, _faults = convert_column(columns[mapped.column], rows, field, mapped)
        shown[mapped.column] = [SEALED if v is None else v for v in values]
    return shown


def _context(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    info, actor = SourceInfo.from_wire(run.info), actor_of(request)
    told = run.faults_told(actor)
    wanted = {n: request.GET[n] for n in KIND_OF_FAULT if n in request.GET}
    for name in wanted:  # a column is called as in the file, but by no NUL
        text_of(request.GET, name)
    page = page_of(told.filter(**wanted), request.GET, PER_PAGE)
    placed = told.filter(lon__isnull=False)
    return {
        "run": run,
        "info": info,
        "notes": [
            (note_text(code, values), "danger" if code in GRAVE else "info")
            for code, values in notes_of(run)
        ],
        "can_withdraw": actions.can_withdraw(run),
        "can_hand_back": can_hand_back(run) and told.filter(level=ERROR).exists(),
        **_kinds_of_faults(told, not_listed(run) if run.tells_all(actor) else ()),
        "not_listed": not_listed_words(run, actor),
        "tells_all": run.tells_all(actor),
        "page": page,
        "name": run.kind.label,
        "register_url": reverse(run.kind.page),
        "counts": run.counts_told(actor),
        "map": _map(run, placed) if placed.exists() else None,
    } | _working(request, run)


def _kinds_of_faults(
    faults: QuerySet[ImportFault], cut: Container[str]
) -> dict[str, Any]:
    """Return what is wrong by kind, column and level, and how many kinds are left out.

    Each with an example, how many rows it has or, of what is ``cut``, has at least, and
    the query that leads to them.
    """
    groups = faults.order_by().values(*KIND_OF_FAULT)
    counted = groups.annotate(rows=Count("row", distinct=True), first=Min("pk"))
    ordered = counted.order_by("level", "-rows", "code", "column")
    kinds, left_out = first_rows(ordered, MOST_KINDS)
    told = faults.in_bulk([kind["first"] for kind in kinds])
    shown = [
        kind
        | {"example": told[kind["first"]], "is_cut": kind["code"] in cut}
        | {"query": urlencode({name: kind[name] for name in KIND_OF_FAULT})}
        for kind in kinds
    ]
    return {"kinds": shown, "kinds_left_out": left_out}


def _map(run: ImportRun, placed: QuerySet[ImportFault]) -> dict[str, Any]:
    url = reverse("exchange:import-faults", kwargs={"uid": run.uid})
    points = placed.values_list("lon", "lat")[:MOST_MARKS]
    lons, lats = zip(*points, strict=True)
    bounds = [min(lons) - 0.01, min(lats) - 0.01, max(lons) + 0.01, max(lats) + 0.01]
    return {"layers": [{"kind": "fault", "url": url}], "bounds": bounds}


@require_safe
def import_faults(request: HttpRequest, uid: UUID) -> JsonResponse:
    """Return where the faulty geometries are, as GeoJSON."""
    actor = actor_of(request)
    run = ImportRun.objects.get_for(actor, uid=uid)
    told_of, features = ("row", "message", "level", "code", "lon", "lat"), []
    placed = run.faults_told(actor).filter(lon__isnull=False).values(*told_of)
    for told in placed[:MOST_MARKS]:
        point = {"type": "Point", "coordinates": [told.pop("lon"), told.pop("lat")]}
        told["reference"] = str(told["row"])
        features.append({"type": "Feature", "geometry": point, "properties": told})
    return JsonResponse({"type": "FeatureCollection", "features": features})


@require_safe
def import_report(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return the report by row as CSV."""
    actor = actor_of(request)
    run = ImportRun.objects.get_for(actor, uid=uid)
    names = ("row", "column", "level", "code", "message", "lon", "lat")
    faults = run.faults_told(actor).values_list(*names).iterator()
    told = not_listed_words(run, actor)
    rest = [["", "", "", "", told, "", ""]] if told else []
    return _csv(f"import-{run.uid}", chain([names], faults, rest))


@require_safe
def import_rows(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return the rows at fault, as they stand in the file, with the reasons, as CSV."""
    actor = actor_of(request)
    run = ImportRun.objects.get_for(actor, uid=uid)
    return _csv(f"{PurePath(run.name).stem}-to-correct", faulty_rows(run, actor))


def _csv(name: str, rows: Iterable[Iterable[Any]]) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, f"{name}.csv")
    answer.write("\ufeff")
    writer = csv.writer(answer)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return answer


app_name = "exchange"
urlpatterns = [
    path("import/", import_list, name="imports"),
    path("import/<uuid:uid>/", import_run, name="import-run"),
    path("import/<uuid:uid>/faults.geojson", import_faults, name="import-faults"),
    path("import/<uuid:uid>/report.csv", import_report, name="import-report"),
    path("import/<uuid:uid>/rows.csv", import_rows, name="import-rows"),
    path("export/", export_page, name="exports"),
]
