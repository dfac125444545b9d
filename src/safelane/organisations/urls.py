"""Pages on organisations, people, access, areas, codes and history."""

from __future__ import annotations

from django.urls import path

from safelane.organisations.views import access, organisations, reference

app_name = "organisations"
urlpatterns = [
    path("", organisations.organisation_list, name="list"),
    path("new/", organisations.organisation_edit, name="new"),
    path("agreements/", access.agreement_list, name="agreements"),
    path("agreements/new/", access.agreement_new, name="agreement-new"),
    path(
        "agreements/<uuid:uid>/revoke/",
        access.agreement_revoke,
        name="agreement-revoke",
    ),
    path("memberships/<uuid:uid>/end/", access.membership_end, name="membership-end"),
    path("memberships/proposed/", access.proposal_list, name="proposals"),
    path(
        "memberships/proposed/<uuid:uid>/",
        access.proposal_decide,
        name="proposal-decide",
    ),
    path("roles/", access.role_list, name="roles"),
    path("areas/", reference.area_list, name="areas"),
    path("codes/", reference.code_lists, name="codes"),
    path("codes/<int:pk>/retire/", reference.code_retire, name="code-retire"),
    path("codes/<slug:country>/<slug:name>/", reference.code_list, name="code-list"),
    path("history/", reference.history, name="history"),
    path("history/verify/", reference.history_verify, name="history-verify"),
    path("history/<int:pk>/", reference.change_detail, name="change"),
    path("<uuid:uid>/", organisations.organisation_detail, name="detail"),
    path("<uuid:uid>/edit/", organisations.organisation_edit, name="edit"),
    path("<uuid:uid>/accounts/new/", access.account_new, name="account-new"),
    path("<uuid:uid>/memberships/new/", access.membership_new, name="membership-new"),
    path(
        "<uuid:organisation_uid>/people/new/",
        organisations.person_edit,
        name="person-new",
    ),
    path(
        "<uuid:organisation_uid>/people/<uuid:uid>/",
        organisations.person_edit,
        name="person-edit",
    ),
]
