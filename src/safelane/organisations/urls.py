"""Pages on organisations, people, access, areas, codes and history."""

from __future__ import annotations

from django.urls import path, register_converter

from safelane.core.protect.addresses import keys_of
from safelane.organisations.views import agreements, people, reference

register_converter(keys_of("Change"), "change")
register_converter(keys_of("LocalCode"), "local_code")
app_name = "organisations"
urlpatterns = [
    path("", people.organisation_list, name="list"),
    path("new/", people.organisation_edit, name="new"),
    path("agreements/", agreements.agreement_list, name="agreements"),
    path("agreements/new/", agreements.agreement_new, name="agreement-new"),
    path(
        "agreements/<uuid:uid>/revoke/",
        agreements.agreement_revoke,
        name="agreement-revoke",
    ),
    path("agreements/<uuid:uid>/", agreements.agreement_detail, name="agreement"),
    path("memberships/<uuid:uid>/end/", people.membership_end, name="membership-end"),
    path("memberships/proposed/", people.proposal_list, name="proposals"),
    path(
        "memberships/proposed/<uuid:uid>/",
        people.proposal_decide,
        name="proposal-decide",
    ),
    path("roles/", people.role_list, name="roles"),
    path("areas/", reference.area_list, name="areas"),
    path("codes/", reference.code_lists, name="codes"),
    path("codes/<local_code:pk>/retire/", reference.code_retire, name="code-retire"),
    path("codes/<slug:country>/<slug:name>/", reference.code_list, name="code-list"),
    path("history/", reference.history, name="history"),
    path("history/verify/", reference.history_verify, name="history-verify"),
    path("history/<change:pk>/", reference.change_detail, name="change"),
    path("<uuid:uid>/", people.organisation_detail, name="detail"),
    path("<uuid:uid>/edit/", people.organisation_edit, name="edit"),
    path("<uuid:uid>/accounts/new/", people.account_new, name="account-new"),
    path("<uuid:uid>/memberships/new/", people.membership_new, name="membership-new"),
    path("<uuid:organisation_uid>/people/new/", people.person_edit, name="person-new"),
    path(
        "<uuid:organisation_uid>/people/<uuid:uid>/",
        people.person_edit,
        name="person-edit",
    ),
]
