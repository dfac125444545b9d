"""The facts of hazards: what can be said of areas, finds and survey boxes.

Each is declared once (see ``docs/kit/facts.md``). What is not shown to coarse readers
by name is hidden: names, texts, counts, numbers and whatever else tells the place.
"""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from safelane.core.facts import Fact, followers, lists
from safelane.core.geo.entry import outline
from safelane.core.review.stages import STAGES
from safelane.organisations.facts import COUNTRY, ORGANISATION

# Names of columns that speak of areas in one register and of finds in another.
KIND_NAMES = (
    "type, hazard_type, hazardtype, area_type, land_type, category, "
    "hazard_category, contaminated_area_type, тип, вид, növ, növü, tip, ປະເພດ"
)
SOURCE_NAMES = "info_source, source, источник, mənbə, ແຫຼ່ງຂໍ້ມູນ"
DEPTH_NAMES = "depth, clearance_depth, глубина, dərinlik, ຄວາມເລິກ"
REFERENCE = Fact(
    "reference", "show", tile=True, required=True,
    synonyms="hazard_id, hazard_localid, localid, imsma_id, land_id, ha_id, hazardid, "
    "hazard_no, hazard_number, hazard_code, ha_no, ha_number, area_id, reference_no, "
    "reference_number, ref, polygon_id, code, код, kod, ລະຫັດ, id, номер, nömrə, "
    "ເລກທີ, №",
)  # fmt: skip
DAY = Fact(
    "date_of_information", "show", published=True, required=True,
    synonyms="info_date, date_of_info, data_of_information, дата информации, "
    "məlumatın tarixi, ວັນທີຂໍ້ມູນ, date, дата, tarix, ວັນທີ, report_date, reportdate, "
    "дата отчёта, hesabat tarixi, ວັນທີລາຍງານ, survey_date, дата обследования, "
    "tədqiqat tarixi, ວັນທີສຳຫຼວດ, status_date, dataentrydate",
)  # fmt: skip
EXTERNAL_ID = Fact(
    "external_id",
    synonyms="globalid, guid, hazard_guid, uuid, fid, objectid, source_id",
)  # fmt: skip
FURTHER = Fact("extra", published=True)
PART_OF = Fact(
    "hazard", path="hazard__reference", label=_("hazardous area"), published=True,
    files="none",
)  # fmt: skip

# What a report can state of an area.
STATED = (
    Fact(
        "kind", "show", codes="hazard_kind", group="main", filter="kind", tile=True,
        synonyms=KIND_NAMES,
    ),
    Fact(
        "status", "show", codes="hazard_status", group="main", filter="status",
        tile=True,
        synonyms="hazard_status, area_status, ha_status, current_status, status_enum, "
        "workflow_status, state, статус, "
        "состояние, vəziyyət, ສະຖານະ",
    ),
    Fact(
        "status_reason", group="main", long=True, leader="status",
        synonyms="status_change_reason, status_comment, причина",
    ),
    Fact(
        "name", group="main", published=True,
        synonyms="hazard_name, hazardname, area_name, title, название, имя, "
        "наименование, ad, adı, sahənin adı, ຊື່, ຊື່ພື້ນທີ່",
    ),
    Fact(
        "contamination", "show", codes="contamination", several=True, group="main",
        published=True,
        synonyms="type_of_contamination, contamination_type, ordnance_type, "
        "contaminationtype, threat, загрязнение, çirklənmə, ການປົນເປື້ອນ",
    ),
    Fact(
        "information_source", codes="information_source", group="main",
        synonyms=SOURCE_NAMES,
    ),
    Fact(
        "source_reliability", codes="source_reliability", group="main",
        synonyms="reliability_of_source, reliability, надежность",
    ),
    Fact(
        "information_grade", "show", codes="information_grade", group="main",
        filter="grade", published=True,
        synonyms="grade, classification, information_classification",
    ),
    Fact(
        "stated_area_m2", "round", group="main", least=0, most=1e12, unit="m2",
        published=True,
        synonyms="area, area_size, area_m2, estimated_area, size, sqm, hazard_area, "
        "estimatedarea, areasize, площадь, sahə, ເນື້ອທີ່",
    ),
    Fact(
        "comment", group="main", long=True,
        synonyms="comments, remarks, notes, description, комментарий, примечание, "
        "qeyd, ໝາຍເຫດ",
    ),
    Fact(
        "priority", "show", codes="priority", group="further", filter="priority",
        tile=True,
        synonyms="priority_level, приоритет, prioritet, ບູລິມະສິດ",
    ),
    Fact(
        "depth_cm", group="further", least=0, most=100_000, published=True,
        synonyms=DEPTH_NAMES,
    ),
    Fact(
        "people_affected", group="further", least=0, most=100_000_000,
        synonyms="population, beneficiaries, affected_people, население",
    ),
    Fact(
        "land_use", codes="land_use", group="further", published=True,
        synonyms="intended_land_use, landuse, использование, torpaq istifadəsi",
    ),
    Fact(
        "blockages", codes="blockage", several=True, group="further",
        synonyms="blockage, blocked, blocks",
    ),
    Fact(
        "marking", codes="marking", group="further",
        synonyms="marking_method, marked, маркировка, nişanlama",
    ),
    Fact(
        "terrain", codes="terrain", group="further",
        synonyms="terrain_category, terraincategory, рельеф, relyef",
    ),
    Fact(
        "vegetation", codes="vegetation", group="further",
        synonyms="vegetation_density, растительность, bitki",
    ),
    Fact(
        "slope", codes="slope", group="further",
        synonyms="slope_category, уклон, yamac",
    ),
    Fact(
        "soil", codes="soil", group="further",
        synonyms="ground, soil_type, почва, грунт, torpaq",
    ),
    Fact(
        "difficulty", codes="clearance_difficulty", group="further",
        synonyms="clearance_difficulty, сложность",
    ),
    Fact("geometry", "round", files="none"),
    Fact(
        "area_m2", "round", leader="geometry", computed=True, published=True,
        unit="m2", files="out", label=_("area from the polygon"),
    ),
    Fact(
        "geometry_method", leader="geometry", files="none",
        words=(
            (outline.DRAWN, _("drawn on the map")),
            (outline.TYPED, _("typed coordinates")),
            (outline.TRAVERSE, _("bearings and distances")),
            (outline.FILE, _("file")),
        ),
    ),
    Fact("geometry_crs", leader="geometry", files="out"),
    Fact("geometry_text", leader="geometry", files="out"),
    FURTHER,
)  # fmt: skip
HAZARD = (
    REFERENCE,
    *STATED,
    Fact("first_information", "show", published=True, files="out"),
    Fact("last_information", "show", published=True, files="none"),
    Fact("updated_at", "show", published=True, files="none"),
    ORGANISATION,
    COUNTRY,
)  # fmt: skip
PERIOD = (
    *STATED,
    *(
        Fact(name, "show", files="none")
        for name in ("valid_from", "valid_to", "known_from", "known_to")
    ),
)  # fmt: skip
REPORT = (
    REFERENCE,
    Fact("stage", "show", tile=True, files="none", words=STAGES),
    DAY,
    EXTERNAL_ID,
    *STATED,
    ORGANISATION,
    COUNTRY,
)  # fmt: skip

# Where something was found, and how exactly that is known.
FIND = (
    Fact(
        "count", least=1, most=1_000_000, published=True,
        synonyms="quantity, number, qty, количество, say, ຈຳນວນ",
    ),
    Fact(
        "found_on", "show", published=True,
        synonyms="date_found, found_date, дата находки, tapılma tarixi",
    ),
    Fact(
        "accuracy_m", least=0, most=100_000, published=True,
        synonyms="accuracy, gps_accuracy, position_accuracy, hdop_m, точность",
    ),
    Fact("description"),
    EXTERNAL_ID,
    FURTHER,
    Fact("position_text", files="none"),
    Fact("geometry", "round", files="none"),
    Fact("photo", files="none"),
    PART_OF,
    ORGANISATION,
    COUNTRY,
)  # fmt: skip
EVIDENCE = (
    Fact(
        "directness", "show", codes="evidence_directness", required=True, tile=True,
        synonyms="direct, evidence_type, direct_indirect",
    ),
    Fact("kind", "show", codes="evidence_kind", tile=True, synonyms=KIND_NAMES),
    Fact("grade", "show", codes="information_grade", published=True),
    Fact("information_source", codes="information_source", synonyms=SOURCE_NAMES),
    Fact("ordnance_category", codes="ordnance_category", published=True),
    Fact("ordnance_model", published=True),
    *FIND,
)  # fmt: skip
ORDNANCE = (
    Fact(
        "category", "show", codes="ordnance_category", required=True, tile=True,
        synonyms="ordnance_category, device_category, категория, kateqoriya",
    ),
    Fact(
        "subcategory", codes="ordnance_subcategory", published=True,
        synonyms="ordnance_subcategory, device_subcategory",
    ),
    Fact(
        "model", published=True,
        synonyms="ordnance_model, device_model, модель, model adı, ຮຸ່ນ",
    ),
    Fact(
        "condition", codes="ordnance_condition", published=True,
        synonyms="ordnance_condition, state_of_item, состояние изделия",
    ),
    Fact("depth_cm", least=0, most=100_000, published=True, synonyms=DEPTH_NAMES),
    *FIND,
)  # fmt: skip
# A cell of 1 km never wears the result of one box.
BOX = (
    Fact(
        "grid_number", tile=True,
        synonyms="box, box_id, box_no, box_number, grid_id, grid_no",
    ),
    Fact(
        "zone", published=True,
        synonyms="utm_zone, utmzone, grid_zone, зона, zona, ເຂດ",
    ),
    Fact(
        "column", least=0, published=True,
        synonyms="col, box_column, grid_column, grid_x, столбец, sütun",
    ),
    Fact(
        "row", least=0, published=True,
        synonyms="box_row, grid_row, grid_y, строка, sətir",
    ),
    Fact(
        "size_m", "show", least=1, most=10_000, published=True,
        synonyms="box_size, box_size_m, size, side_m",
    ),
    Fact(
        "result", codes="survey_box_result", required=True, tile=True,
        synonyms="colour, color, box_colour, box_color, box_result, survey_result, "
        "ts_result, цвет, rəng, ສີ",
    ),
    Fact(
        "searched_percent", least=0, most=100, published=True,
        synonyms="searched, searched_share, percent, coverage",
    ),
    Fact(
        "searched_on", "show", published=True,
        synonyms="survey_date, search_date, date_searched",
    ),
    Fact("description"),
    EXTERNAL_ID,
    FURTHER,
    Fact("position_text", files="none"),
    Fact("geometry", "round", files="none"),
    Fact(
        "date_of_information", "show", path="report__date_of_information",
        published=True, files="none",
    ),
    PART_OF,
    ORGANISATION,
    replace(COUNTRY, tile=True),
)  # fmt: skip
POINT = (Fact("kind", codes="geopoint_kind"),)

FACT_FIELDS = tuple(fact.name for fact in STATED)
FACT_LISTS = lists(STATED)
# Facts that belong together are taken over together, so that no area wears the text
# or the CRS of another report's polygon.
FACT_GROUPS = followers(STATED)
