"""The interface: layout, navigation, error pages, form rendering and map widgets."""
