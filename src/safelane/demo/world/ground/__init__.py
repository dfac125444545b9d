"""The ground of the world: areas, places, roads, rivers and relief."""
