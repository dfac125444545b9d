from django.db import models

from safelane.core.geo.fields import GeometryField
from safelane.core.geo.rtree import GeometryIndex


class Located(models.Model):
    geometry = GeometryField(null=True, blank=True)
    name = models.CharField(max_length=40, default="")

    class Meta:
        abstract = True


class Plot(Located):  # noqa: DJ008
    class Meta:
        indexes = [GeometryIndex(fields=["geometry"], name="plot_geometry")]


class Marker(Located):  # noqa: DJ008
    plot = models.ForeignKey(Plot, models.CASCADE, null=True, related_name="markers")


class Field(models.Model):  # noqa: DJ008
    outline = GeometryField(geom_type="multipolygon")
