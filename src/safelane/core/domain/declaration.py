"""What a part says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from safelane.core.scope import Actor

if TYPE_CHECKING:
    from safelane.core.collections.catalogue import Collection
    from safelane.core.history.queries import Subject
    from safelane.core.history.state import StateCheck
    from safelane.core.jobs.recurring import Recurring
    from safelane.core.ui.attention import Panel
    from safelane.exchange.kinds import ExportKind, ImportKind

Text = str | Promise
PanelSource = Callable[[Actor], "Sequence[Panel]"]
FileDoor = Callable[[Actor], Q]


class Group(StrEnum):
    """Where a part stands in the navigation, in the order shown."""

    LAND = "land"
    OPERATIONS = "operations"
    FIELD = "field"
    PEOPLE = "people"
    THINGS = "things"
    MONEY = "money"
    PROGRAMME = "programme"
    ADMINISTRATION = "administration"


GROUPS: Mapping[Group, tuple[Text, str]] = {  # label and icon
    Group.LAND: (_("Land"), "map-2"),
    Group.OPERATIONS: (_("Operations"), "target"),
    Group.FIELD: (_("Field"), "flag"),
    Group.PEOPLE: (_("People"), "users"),
    Group.THINGS: (_("Things"), "box"),
    Group.MONEY: (_("Money"), "trending-up"),
    Group.PROGRAMME: (_("Programme"), "calendar"),
    Group.ADMINISTRATION: (_("Administration"), "settings"),
}


@dataclass(frozen=True, slots=True)
class DataClass:
    """A kind of data that roles and agreements open.

    Args:
        name: As in verbs of roles and of the history: ``<name>.view``.
        is_shareable: Agreements between organisations may open it.
    """

    name: str
    label: Text
    is_shareable: bool = False


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation.

    Args:
        url_name: URL name without arguments.
        icon: Name in the icon sprite.
        verb: ``"<data class>.<verb>"`` that the actor needs; "" shows it to everybody
            who is signed in.
        shown_if: Says it instead where a page serves records of many classes.
        group: None stands by itself, before the groups.
    """

    label: Text
    url_name: str
    icon: str
    verb: str = ""
    group: Group | None = None
    shown_if: Callable[[Actor], object] | None = None

    def shown_to(self, actor: Actor) -> bool:
        if self.shown_if is not None:
            return bool(self.shown_if(actor))
        return actor.may(self.verb) if self.verb else not actor.is_public


@dataclass(frozen=True, slots=True)
class MapKind:
    """A family of symbols of ``map/symbols.js``, with the words of its legend."""

    name: str
    words: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A document that a part prints; ``name`` stands in addresses and the history."""

    name: str
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """One part of the house; everything outside a part that knows it reads this.

    Args:
        app: The part's package, such as ``safelane.<part>``.
        data_classes: What its policies speak of.
        reports: Data classes among them that go through the review.
        said: History verb -> what it says, to stand after the name of a person.
        rule_subjects: What rules of the country packs may look at.
        panels: Each returns cards of the home page for an actor.
        imports, exports: Kinds of record that files bring in and take out.
        urls, prefix: Module with the pages, and the address below which they stand.
        api: Module with the ``router``.
        recurring: What workers do again and again.
        subjects: Kind of record in the history -> who may read what was written of it;
            what nobody declares stays closed.
        state_checks: Compare the part's records with the history, for the audit.
        file_doors: Each returns the filter on stored files that an actor may open
            through the records of the part.
    """

    app: str
    title: Text
    data_classes: tuple[DataClass, ...] = ()
    reports: tuple[str, ...] = ()
    said: Mapping[str, Text] = field(default_factory=dict)
    rule_subjects: tuple[str, ...] = ()
    map_kinds: tuple[MapKind, ...] = ()
    navigation: tuple[NavItem, ...] = ()
    panels: tuple[PanelSource, ...] = ()
    collections: tuple[Collection, ...] = ()
    imports: tuple[ImportKind, ...] = ()
    exports: tuple[ExportKind, ...] = ()
    urls: str = ""
    prefix: str = ""
    api: str = ""
    documents: tuple[DocumentKind, ...] = ()
    recurring: tuple[Recurring, ...] = ()
    subjects: Mapping[str, Subject] = field(default_factory=dict)
    state_checks: tuple[StateCheck, ...] = ()
    file_doors: tuple[FileDoor, ...] = ()
