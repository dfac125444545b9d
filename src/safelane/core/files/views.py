from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from safelane.core.files.kinds import KINDS, PHOTOS
from safelane.core.files.models import StoredFile
from safelane.core.files.store import open_file

# A file from outside may hold a page or a script: it must never act as this site.
POLICY = "sandbox; default-src 'none'; img-src 'self'; style-src 'none'"


@require_safe
@cache_control(private=True, no_store=True)
def download(request: HttpRequest, uid: UUID) -> FileResponse:
    """Hand out one file that the actor may see; photos show inside pages."""
    actor = request.actor  # type: ignore[attr-defined]
    stored = StoredFile.objects.get_for(actor, uid=uid)
    inline = KINDS[stored.kind].inline and stored.media_type in PHOTOS
    response = FileResponse(
        open_file(stored),
        as_attachment=not inline,
        filename=stored.name,
        content_type=stored.media_type,
    )
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


app_name = "files"
urlpatterns = [path("<uuid:uid>/", download, name="download")]
