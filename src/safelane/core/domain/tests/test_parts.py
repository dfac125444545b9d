"""Parts that clash or leave something out are refused, by name."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.urls import reverse

from safelane.core.domain import (
    DataClass,
    DocumentKind,
    Domain,
    Group,
    MapKind,
    NavItem,
    house,
)
from safelane.core.domain.checks import PartIncomplete, PartsClash
from safelane.core.domain.house import House, read_parts
from safelane.core.scope import system_actor
from safelane.core.testing.parts import in_use
from safelane.organisations.actions import sync_roles

ONE = Domain(
    app="tests.one",
    title="One",
    data_classes=(DataClass("course", "Courses"),),
    said={"course.create": "added a course"},
    rule_subjects=("course",),
    map_kinds=(MapKind("courses", {"course": "Course"}),),
    navigation=(NavItem("Courses", "home", "books", "course.view", Group.PEOPLE),),
    collections=(SimpleNamespace(name="courses"),),  # type: ignore[arg-type]
    imports=(SimpleNamespace(name="courses"),),  # type: ignore[arg-type]
    exports=(SimpleNamespace(name="courses"),),
    urls="safelane.core.ui.urls",
    prefix="courses/",
    api="safelane.core.jobs.api",
    documents=(DocumentKind("certificate", "Certificate"),),
    recurring=(SimpleNamespace(name="courses.remind"),),  # type: ignore[arg-type]
)
OTHER = Domain(app="tests.other", title="Other")


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("data_classes", "the data class “course”"),
        ("rule_subjects", "the rule subject “course”"),
        ("map_kinds", "the map kind “courses”"),
        ("navigation", "the navigation entry “home”"),
        ("collections", "the collection “courses”"),
        ("imports", "the import “courses”"),
        ("exports", "the export “courses”"),
        ("documents", "the document “certificate”"),
        ("recurring", "the recurring work “courses.remind”"),
        ("urls", "the pages “safelane.core.ui.urls”"),
        ("api", "the API “safelane.core.jobs.api”"),
    ],
)
def test_two_parts_with_one_name_are_refused(field: str, words: str) -> None:
    with pytest.raises(PartsClash) as fault:
        House((ONE, replace(OTHER, **{field: getattr(ONE, field)})))
    assert words in str(fault.value)
    assert "tests.one and tests.other" in str(fault.value)


def test_two_verbs_of_the_history_are_refused() -> None:
    parts = [replace(OTHER, app=n, said={"x.y": "did"}) for n in ("tests.a", "tests.b")]
    with pytest.raises(PartsClash, match=r"tests.a and tests.b .* verb “x.y”"):
        House(tuple(parts))


def test_one_part_twice_is_refused() -> None:
    with pytest.raises(PartsClash, match="the package “tests.other”"):
        House((OTHER, OTHER))


def test_two_legend_words_with_one_key_are_refused() -> None:
    twin = replace(OTHER, map_kinds=(MapKind("else", {"course": "Way"}),))
    with pytest.raises(PartsClash, match="the map word “course”"):
        House((ONE, twin))


def test_nobody_says_the_verbs_of_another_part() -> None:
    twin = replace(OTHER, said={"course.end": "ended a course"})
    with pytest.raises(PartsClash, match=r"tests.other says .*course.end.*tests.one"):
        House((ONE, twin))


@pytest.mark.parametrize("prefix", ["courses/", "courses/rooms/", "api/x/", "ogc/"])
def test_an_address_that_another_part_would_catch_is_refused(prefix: str) -> None:
    with pytest.raises(PartsClash, match="prefix|address"):
        House((ONE, replace(OTHER, prefix=prefix, urls="safelane.core.jobs.views")))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": ""}, "say the app and its title"),
        ({"data_classes": (DataClass("x", ""),)}, "“x” needs a name and a label"),
        ({"navigation": (NavItem("", "jobs:list", "x"),)}, "“jobs:list” needs a label"),
        ({"navigation": (NavItem("X", "jobs:list", "x", "hazrd.view"),)}, "“hazrd”"),
        ({"said": {"noverb": "did"}}, "“noverb” needs the form"),
        ({"said": {"x.do": ""}}, "“x.do” needs the form “class.verb” and words"),
        ({"reports": ("x",)}, "the report “x” is not among its data classes"),
        ({"prefix": "other", "urls": "safelane.core.jobs.views"}, "must end with “/”"),
        ({"prefix": "o/", "urls": "safelane.core.jobs.ulrs"}, "no module “safelane."),
        ({"api": "safelane.core.jobs.ipa"}, "no module “safelane.core.jobs.ipa”"),
    ],
)
def test_what_is_missing_is_named(change: dict[str, object], words: str) -> None:
    with pytest.raises(PartIncomplete) as fault:
        House((replace(OTHER, **change),))
    assert str(fault.value).startswith("tests.other/domain.py: ")
    assert words in str(fault.value)


def test_a_policy_that_speaks_of_an_undeclared_class_is_refused() -> None:
    part = next(p for p in house().parts if p.app == "safelane.core.jobs")
    with pytest.raises(PartIncomplete, match=r"JobPolicy speaks of .*“job”"):
        House((replace(part, data_classes=(), navigation=()),))


def test_a_package_without_a_declaration_is_refused() -> None:
    with pytest.raises(PartIncomplete, match=r"safelane.engines/domain.py must hold"):
        read_parts(["safelane.engines"])


def test_parts_are_added_for_a_while() -> None:
    before = house()
    with in_use(replace(OTHER, data_classes=(DataClass("x", "X"),))):
        assert "x" in house().data_classes
    assert house() is before


@pytest.mark.django_db
def test_everything_that_roles_open_is_declared() -> None:
    verbs = {verb for role in sync_roles(by=system_actor()) for verb in role.verbs}
    assert len(verbs) > 20
    assert {verb.partition(".")[0] for verb in verbs} <= set(house().data_classes)


def test_each_part_stands_at_its_address() -> None:
    for name, path in [("files:download", "/files/"), ("jobs:list", "/jobs/")]:
        args = ["00000000-0000-4000-8000-000000000000"] if "files" in name else []
        assert reverse(name, args=args).startswith(path)
