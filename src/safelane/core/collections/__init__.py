"""What parts publish: the catalogue of collections and the engine that reads rows."""

from safelane.core.collections.catalogue import Collection, CollectionField, fields_of

__all__ = ["Collection", "CollectionField", "fields_of"]
