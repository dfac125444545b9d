"""Names by which other systems and languages call our fields.

IMSMA NG and Core names are those of the field lists published by GICHD; the others are
words of the countries served (English, Russian, Azerbaijani, Lao).
"""

from __future__ import annotations

SYNONYMS: dict[str, tuple[str, ...]] = {
    "reference": (
        "hazard_id", "hazard_localid", "localid", "imsma_id", "land_id", "ha_id",
        "hazardid", "area_id", "id", "code", "ref", "reference_no", "object_id",
        "polygon_id", "номер", "код", "№", "nömrə", "kod", "ລະຫັດ", "ເລກທີ",
    ),
    "external_id": (
        "globalid", "guid", "hazard_guid", "uuid", "fid", "objectid", "source_id",
    ),
    "name": (
        "hazard_name", "hazardname", "area_name", "title", "название", "имя",
        "наименование", "ad", "adı", "sahənin adı", "ຊື່", "ຊື່ພື້ນທີ່",
    ),
    "kind": (
        "type", "hazard_type", "hazardtype", "area_type", "land_type", "category",
        "hazard_category", "contaminated_area_type", "тип", "вид", "növ", "növü",
        "tip", "ປະເພດ",
    ),
    "status": (
        "hazard_status", "state", "area_status", "workflow_status", "статус",
        "состояние", "vəziyyət", "ສະຖານະ",
    ),
    "status_reason": ("status_change_reason", "status_comment", "причина"),
    "priority": ("priority_level", "приоритет", "prioritet", "ບູລິມະສິດ"),
    "contamination": (
        "type_of_contamination", "contamination_type", "ordnance_type",
        "contaminationtype", "threat", "загрязнение", "çirklənmə", "ການປົນເປື້ອນ",
    ),
    "information_source": ("info_source", "source", "источник", "mənbə", "ແຫຼ່ງຂໍ້ມູນ"),
    "source_reliability": ("reliability_of_source", "reliability", "надежность"),
    "information_grade": ("grade", "classification", "information_classification"),
    "terrain": ("terrain_category", "terraincategory", "рельеф", "relyef"),
    "vegetation": ("vegetation_density", "растительность", "bitki"),
    "slope": ("slope_category", "уклон", "yamac"),
    "soil": ("ground", "soil_type", "почва", "грунт", "torpaq"),
    "difficulty": ("clearance_difficulty", "сложность"),
    "marking": ("marking_method", "marked", "маркировка", "nişanlama"),
    "land_use": ("intended_land_use", "landuse", "использование", "torpaq istifadəsi"),
    "blockages": ("blockage", "blocked", "blocks"),
    "depth_cm": ("depth", "clearance_depth", "глубина", "dərinlik", "ຄວາມເລິກ"),
    "people_affected": ("population", "beneficiaries", "affected_people", "население"),
    "comment": (
        "comments", "remarks", "notes", "description", "комментарий", "примечание",
        "qeyd", "ໝາຍເຫດ",
    ),
    "stated_area_m2": (
        "area", "area_size", "area_m2", "estimated_area", "size", "sqm", "hazard_area",
        "estimatedarea", "areasize", "площадь", "sahə", "ເນື້ອທີ່",
    ),
    "date_of_information": (
        "date", "info_date", "date_of_info", "data_of_information", "report_date",
        "reportdate", "survey_date", "status_date", "date_information", "dataentrydate",
        "date_of_report", "дата", "дата информации", "tarix", "ວັນທີ", "ວັນທີຂໍ້ມູນ",
    ),
    "directness": ("direct", "evidence_type", "direct_indirect"),
    "count": ("quantity", "number", "qty", "количество", "say", "ຈຳນວນ"),
    "found_on": ("date_found", "found_date", "дата находки", "tapılma tarixi"),
    "accuracy_m": ("accuracy", "gps_accuracy", "position_accuracy", "hdop_m", "точность"),
    "category": ("ordnance_category", "device_category", "категория", "kateqoriya"),
    "subcategory": ("ordnance_subcategory", "device_subcategory"),
    "model": ("ordnance_model", "device_model", "модель", "model adı", "ຮຸ່ນ"),
    "condition": ("ordnance_condition", "state_of_item", "состояние изделия"),
    "level": ("adm_level", "admin_level", "уровень", "səviyyə"),
    "code": (
        "pcode", "adm1_pcode", "adm2_pcode", "adm3_pcode", "shapeid", "shapeiso",
        "gid_1", "gid_2", "код", "kod", "ລະຫັດ",
    ),
    "parent_code": ("parent", "parent_pcode", "adm0_pcode", "upper_code"),
    "area_name": (
        "name", "shapename", "adm1_en", "adm2_en", "adm3_en", "name_1", "name_2",
        "district", "province", "название", "ad", "ຊື່",
    ),
    "population": ("pop", "people", "residents", "население", "əhali", "ປະຊາກອນ"),
    "place_kind": ("type", "place", "fclass", "feature_code", "тип", "növ"),
}
# What registers write for our codes, beyond the labels of the country pack.
CODE_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "hazard_kind": {
        "sha": ("suspected hazardous area", "suspected hazard area", "suspected", "ПОТ"),
        "cha": (
            "confirmed hazardous area", "confirmed hazard area", "confirmed",
            "minefield", "dangerous area",
        ),
        "stockpile": ("ammunition storage", "ammunition storage area"),
        "eod_spot_task": ("spot task", "eod spot", "eod task"),
        "indication": ("initial indication",),
    },
    "hazard_status": {
        "open": ("active", "suspected", "not started", "открыт", "açıq", "ເປີດ"),
        "worked_on": ("in progress", "ongoing", "work in progress", "under clearance"),
        "closed": ("completed", "complete", "finished", "закрыт", "bağlı", "ປິດ"),
        "released": ("handed over", "cleared", "expired", "сдан", "təhvil verilib"),
        "suspended": ("on hold", "paused", "приостановлен"),
    },
    "evidence_directness": {
        "direct": ("yes", "d", "прямое", "birbaşa", "ໂດຍກົງ"),
        "indirect": ("no", "i", "косвенное", "dolayı", "ທາງອ້ອມ"),
    },
}
