"""Pages of imports (upload, mapping, report by row with its map) and of exports."""

from __future__ import annotations

import csv
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from safelane.core.errors import InvalidInput, NotFound, SafelaneError
from safelane.core.pages.keyset import page_of
from safelane.core.scope import Actor
from safelane.core.ui.context import actor_of
from safelane.exchange import actions, kinds
from safelane.exchange.exports import about_export
from safelane.exchange.files.errors import HIDDEN as SEALED
from safelane.exchange.files.notes import note_text
from safelane.exchange.files.reading import Batch, SourceInfo
from safelane.exchange.forms import ExportForm, MappingForm, ReadingForm, UploadForm
from safelane.exchange.imports.opening import opened
from safelane.exchange.imports.outcome import end_with_its_job
from safelane.exchange.mapping.convert import convert_column
from safelane.exchange.mapping.model import READING, FieldMapping, Mapping
from safelane.exchange.models import ImportRun, SavedMapping
from safelane.exchange.writers.delimited import harmless

PER_PAGE = 100
MOST_MARKS = 5000
PREVIEWED = 8


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
    if run.is_open:
        return _mapping_page(request, run)
    return render(request, "exchange/run.html", _context(request, run))


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
    constant = request.POST.get(f"constant-{name}", "")[:200]
    chosen = FieldMapping(column or "", constant, confidence=1.0, reason="person")
    mapping.fields[name] = chosen
    run.mapping = mapping.as_json()
    row = _mapping_form(run).row(fields[name])
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
        mapping = Mapping.from_json(data["saved"].mapping)
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
    info = SourceInfo.from_wire(run.info)
    page = page_of(run.faults.all(), request.GET, PER_PAGE)
    has_places = run.faults.filter(lon__isnull=False).exists()
    return {
        "run": run,
        "info": info,
        "notes": [note_text(code, values) for code, values in _notes(run, info)],
        "can_withdraw": actions.can_withdraw(run),
        "page": page,
        "name": run.kind.label,
        "register_url": reverse(run.kind.page),
        "counts": {k: v for k, v in run.counts.items() if k != "faults"},
        "map": _map(run) if has_places else None,
    }


def _notes(run: ImportRun, info: SourceInfo) -> list[tuple[str, dict[str, Any]]]:
    if not run.holds_identities:
        return info.notes
    mapping = Mapping.from_json(run.mapping) if run.mapping else Mapping(run.target)
    taken = {mapped.column for mapped in mapping.fields.values()}
    withheld = [column for column in mapping.withheld if column not in taken]
    said = {"columns": ", ".join(withheld) or run.kind.label}
    codes = ("identities", "withheld") if withheld else ("identities",)
    return [*info.notes, *((code, said) for code in codes)]


def _map(run: ImportRun) -> dict[str, Any]:
    url = reverse("exchange:import-faults", kwargs={"uid": run.uid})
    points = run.faults.filter(lon__isnull=False).values_list("lon", "lat")[:MOST_MARKS]
    lons, lats = zip(*points, strict=True)
    bounds = [min(lons) - 0.01, min(lats) - 0.01, max(lons) + 0.01, max(lats) + 0.01]
    return {"layers": [{"kind": "fault", "url": url}], "bounds": bounds}


@require_safe
def import_faults(request: HttpRequest, uid: UUID) -> JsonResponse:
    """Return where the faulty geometries are, as GeoJSON."""
    run = ImportRun.objects.get_for(actor_of(request), uid=uid)
    told_of, features = ("row", "message", "level", "code", "lon", "lat"), []
    placed = run.faults.filter(lon__isnull=False).values(*told_of)
    for told in placed[:MOST_MARKS]:
        point = {"type": "Point", "coordinates": [told.pop("lon"), told.pop("lat")]}
        told["reference"] = str(told["row"])
        features.append({"type": "Feature", "geometry": point, "properties": told})
    return JsonResponse({"type": "FeatureCollection", "features": features})


@require_safe
def import_report(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return the report by row as CSV."""
    run = ImportRun.objects.get_for(actor_of(request), uid=uid)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{run.uid}.csv"'
    answer.write("\ufeff")
    writer = csv.writer(answer)
    names = ("row", "column", "level", "code", "message", "lon", "lat")
    writer.writerow(names)
    for values in run.faults.values_list(*names).iterator():
        writer.writerow([harmless(v) for v in values])
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def export_page(request: HttpRequest) -> HttpResponse:
    """Choose what goes out; the register's filters come along in the address."""
    actor = actor_of(request)
    actor.require(*(kind.verb for kind in kinds.export_kinds()))
    mine = {kind.name: kind for kind in kinds.exportable(actor)}
    target = request.GET.get("target", "")
    narrowed = (mine.get(target) or next(iter(mine.values()))).parse(request.GET)
    initial = {"format": "gpkg", "target": target}
    initial["filter"] = narrowed.querystring()  # without what else a list keeps there
    form = ExportForm(request.POST or None, actor=actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        flat, query = data["flat"], data["filter"]
        try:
            job = actions.start_export(
                data["target"], data["format"], flat=flat, query=query, by=actor
            )
        except SafelaneError as error:
            form.add_error(None, error.message)
        else:
            return redirect("jobs:detail", uid=job.uid)
    asked = form["filter"].value() or ""
    context = {"form": form, "filter": asked, "leaving": _leaving(asked, actor)}
    status = 422 if form.errors else 200
    return render(request, "exchange/exports.html", context, status=status)


def _only_seen(kind: kinds.ExportKind, filters: kinds.Filters, actor: Actor) -> str:
    """Say how many rows one may see and not export so; nothing where there are none."""
    reader, seen = actor.within(kind.verb), kind.rows(actor, filters)
    view = seen.model.policy.verb("view")
    if actor.is_system or all(g.allows(kind.verb) for g in actor.grants_for(view)):
        return ""
    left = kind.rows(reader, filters).order_by().values("pk")
    count = seen.exclude(pk__in=left).count()
    if not count:
        return ""
    if filters.querystring():  # what a coarse reader cannot ask for finds no row of his
        return ngettext(
            "%(n)s row more is open to you to see, but not to export, or only coarser "
            "than this filter asks.",
            "%(n)s rows more are open to you to see, but not to export, or only "
            "coarser than this filter asks.",
            count,
        ) % {"n": count}
    return ngettext(
        "%(n)s row more is open to you to see, but not to export.",
        "%(n)s rows more are open to you to see, but not to export.",
        count,
    ) % {"n": count}


def _leaving(query: str, actor: Actor) -> list[str]:
    """Say of each kind of record how many rows the file would hold, or why none can."""
    said = []
    for kind in kinds.exportable(actor):
        try:
            filters = kind.narrowed(query)
            about = about_export(kind, filters, actor.within(kind.verb))
            said.append(f"{about.text} {_only_seen(kind, filters, actor)}")
        except InvalidInput as error:
            said.append(error.message)
    return said


app_name = "exchange"
urlpatterns = [
    path("import/", import_list, name="imports"),
    path("import/<uuid:uid>/", import_run, name="import-run"),
    path("import/<uuid:uid>/faults.geojson", import_faults, name="import-faults"),
    path("import/<uuid:uid>/report.csv", import_report, name="import-report"),
    path("export/", export_page, name="exports"),
]
