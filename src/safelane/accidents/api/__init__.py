"""REST API of accidents: list, one accident, and published counts."""

from safelane.accidents.api.routes import router

__all__ = ["router"]
