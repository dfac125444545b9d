"""Tables as strangers write them, with where their rows lie and how large they are.

Of each row: longitude and latitude, or None, and square metres, or None. Beside them
what the import has to say, in words of its notes, warnings and faults.
"""

from __future__ import annotations

from typing import NamedTuple

Place = tuple[float, float] | None


class Table(NamedTuple):
    """One file, and what a person would read in it."""

    heads: str
    rows: tuple[str, ...]
    places: tuple[Place, ...]
    sizes: tuple[float | None, ...] = (None, None)
    said: tuple[str, ...] = ()

    def text(self, name: str, separator: str = ";") -> str:
        """Return the file, its references beginning with a name."""
        lines = [f"Hazard ID;Date;Type;{self.heads}"]
        lines += [f"{name}-{n};2024-03-15;SHA;{r}" for n, r in enumerate(self.rows)]
        return "\n".join([*lines, ""]).replace(";", separator)


HERE = (103.21, 19.43)
THERE = (103.1525, 19.5055)
DEGREES = "19.43;103.21", "19.5055;103.1525"
DMS = "19;25;48;103;12;36", "19;30;19.8;103;9;9"
BOTH = (HERE, THERE)
TABLES = {
    "words": Table(
        "Lat degrees;Lat minutes;Lat seconds;Lon degrees;Lon minutes;Lon seconds",
        DMS,
        BOTH,
    ),
    "capitals": Table("LATD;LATM;LATS;LOND;LONM;LONS", DMS, BOTH),
    "bare": Table("Latitude;min;sec;Longitude;min;sec", DMS, BOTH),
    "russian": Table(
        "Широта, град;Широта, мин;Широта, сек;Долгота, град;Долгота, мин;Долгота, сек",
        ("19;25;48,0;103;12;36,0", "19;30;19,8;103;9;9,0"),
        BOTH,
    ),
    "minutes": Table(
        "Y;Y minutes;X;X minutes", ("19;25.8;103;12.6", "19;30.33;103;9.15"), BOTH
    ),
    "missing": Table(
        "Lat deg;Lat min;Lon deg;Lon min",
        ("19;25.8;103;12.6", "19;;103;9.15"),
        (HERE, None),
        said=("“19 ?” is no latitude",),
    ),
    "twice": Table(
        "Latitude;Longitude;Lat deg;Lat min;Lon deg;Lon min",
        ("19.43;103.21;19;25.8;103;12.6", "19.5055;103.1525;19;30.33;103;9.15"),
        BOTH,
    ),
    "seconds": Table(
        "Lat;Lat sec;Lon;Lon sec",
        ("19;48;103;36", ";;;"),
        (None, None),
        said=("“19 ? 48” is no latitude",),
    ),
    "hemispheres": Table(
        "Latitude;N/S;Longitude;E/W",
        ("19.43;N;103.21;E", "19.5055;N;103.1525;E"),
        BOTH,
    ),
    "whole": Table(
        "Latitude;Longitude;Remarks",
        ("19;103;", "19.5055;103.1525;"),
        ((103, 19), THERE),
        said=("“19 103” has only whole degrees",),
    ),
    "pairs": Table(
        "office_lat;office_lon;site_lat;site_lon",
        ("19.43;103.21;19.6;103.5", "19.5055;103.1525;19.7;103.6"),
        BOTH,
        said=("“office_lat” + “office_lon” is proposed, not “site_lat” + “site_lon”",),
    ),
    "same": Table(
        "GPS;_GPS_latitude;_GPS_longitude;Easting;Northing;Zone",
        (
            "19.43 103.21 1100 5;19.43;103.21;312068;2149384;48N",
            "19.5055 103.1525 1100 5;19.5055;103.1525;306119;2157805;48N",
        ),
        BOTH,
    ),
    "mixed": Table(
        "visitor_lat;lon;lat_of_site",
        ("19.43;103.21;19.6", "19.5055;103.1525;19.7"),
        (None, None),
        said=("no position is proposed from visitor_lat, lon, lat_of_site",),
    ),
    "datum": Table(
        "Lat;Lon;GPS datum",
        ("19.43;103.21;WGS 84", "19.5055;103.1525;Indian 1960"),
        (HERE, (103.1488, 19.5068)),
    ),
    "strange datum": Table(
        "Lat;Lon;Datum",
        (f"{DEGREES[0]};WGS-84", f"{DEGREES[1]};Indian 1899"),
        (HERE, None),
        said=("“Indian 1899” is no coordinate system",),
    ),
    "srid": Table("x;y;srid", ("312068;2149384;32648", "306119;2157805;32648"), BOTH),
    "two srids": Table(
        "x;y;srid",
        ("312068;2149384;32648", "103.1525;19.5055;4326"),
        (None, THERE),
        said=("“2149384 312068” is not in EPSG:32648",),
    ),
    "heading": Table(
        "Lat (Indian 1960);Lon (Indian 1960)",
        DEGREES,
        ((103.2063, 19.4313), (103.1488, 19.5068)),
    ),
    "zone and datum": Table(
        "Zone;Easting;Northing;Map datum",
        ("48N;312068;2149384;WGS84", "48N;306538;2157483;Indian 1960"),
        BOTH,
    ),
    "two zones": Table(
        "Zone;Easting;Northing;EPSG",
        ("48N;312068;2149384;32648", "47N;780000;2100000;32648"),
        (HERE, None),
        said=("The row says zone 47N and EPSG:32648",),
    ),
    "two zones, another datum": Table(
        "Zone;Easting;Northing;EPSG",
        ("48N;312068;2149384;32648", "47N;780000;2100000;3148"),
        (HERE, None),
        said=("The row says zone 47N and EPSG:3148",),
    ),
    "comma": Table(
        "Lat;Lon;Size (ha)",
        ("19,430;103,210;0,375", "19,5055;103,1525;2,500"),
        BOTH,
        (3_750, 25_000),
    ),
    "other comma": Table(
        "Lat;Lon;Size (ha);Depth (m)",
        ("19.43;103.21;4,250;0,5", "19.5055;103.1525;2,500;1,5"),
        BOTH,
        (42_500, 25_000),
    ),
    "doubtful comma": Table(
        "Lat;Lon;Size",
        ("19.43;103.21;4,250", "19.5055;103.1525;2,500"),
        BOTH,
        (4_250, 2_500),
        ("“4,250” is read as 4250",),
    ),
    "cells": Table(
        "Lat;Lon;Area",
        ("19.43;103.21;0,250 rai", "19.5055;103.1525;1,5 ไร่"),
        BOTH,
        (400, 2_400),
    ),
    "units beside": Table(
        "Lat;Lon;Area size;Area size unit",
        ("19.43;103.21;1500;m2", "19.5055;103.1525;2.5;ha"),
        BOTH,
        (1_500, 25_000),
        ("“Area size unit” is read as the unit of “Area size”",),
    ),
    "strange unit beside": Table(
        "Lat;Lon;Size;Unit",
        ("19.43;103.21;1,5;ha", "19.5055;103.1525;2,5;feddan"),
        (HERE, None),
        (15_000, None),
        ("“2,5 [feddan]” is not a number",),
    ),
    "unknown cells": Table(
        "Lat;Lon;Area",
        ("19.43;103.21;3 acres", "19.5055;103.1525;2 feddan"),
        (HERE, None),
        (12_140.5692672, None),
        ("“2 feddan” is not a number",),
    ),
    "unknown unit": Table(
        "Lat;Lon;Area (feddan)",
        ("19.43;103.21;3", "19.5055;103.1525;2"),
        BOTH,
        said=("“Area (feddan)” is not taken for “Stated area (m²)”",),
    ),
}
# What stands over numbers -> square metres of the number 3.
HEADINGS = {
    "Area (acre)": 12_140.5692672,
    "SIZE_HECTA": 30_000,
    "SizeHa": 30_000,
    "areaha": 30_000,
    "Area, HA": 30_000,
    "Area [km²]": 3_000_000,
    "Area in sq. km": 3_000_000,
    "Area (square meters)": 3,
    "Area (ngan)": 1_200,
    "ເນື້ອທີ່ (ໄຮ່)": 4_800,
    "Площадь, гектаров": 30_000,
    "Площадь (кв. км)": 3_000_000,
    "Sahə (hektar)": 30_000,
    "Area (héc-ta)": 30_000,
    "Area (ហិកតា)": 30_000,
    "Area (เฮกตาร์)": 30_000,
    "Size (sq yd)": 2.50838208,
    "Size (dunams)": 3_000,
    "Area serial": None,
    "Area (m)": None,
    "Area to be cleared (m2)": None,
    "Size rank": None,
    "Sized": None,
    "Area 2": None,
    "Hectares": 30_000,
}
