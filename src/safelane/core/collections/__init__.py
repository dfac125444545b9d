"""What parts publish: the catalogue of collections and the engine that reads rows."""

from safelane.core.collections.catalogue import (
    Collection,
    CollectionField,
    collection_for,
    collections_for,
)
from safelane.core.collections.fields import fields_of

__all__ = [
    "Collection",
    "CollectionField",
    "collection_for",
    "collections_for",
    "fields_of",
]
