"""Every answer about every collection fits the standard's own schemas."""

import pytest
from jsonschema import Draft4Validator
from schemathesis.specs.openapi.definitions import OPENAPI_30

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(clients, filled):
    """Return a function that asks as the information manager of Laos."""

    def get(path):
        answer = clients["noy"].get(f"/ogc/{path}")
        assert answer.status_code == 200, answer.content
        return answer.json()

    return get


@pytest.fixture
def names(ask):
    return [each["id"] for each in ask("collections")["collections"]]


def test_each_collection_and_its_items(ask, names, valid):
    assert len(names) == 9
    for name in names:
        valid(ask(f"collections/{name}"), "collection")
        page = ask(f"collections/{name}/items?limit=2")
        valid(page, "featureCollectionGeoJSON")
        assert page["numberReturned"] == 2 < page["numberMatched"], name
        valid(ask(f"collections/{name}/items/{page['features'][0]['id']}"),
              "featureGeoJSON")  # fmt: skip


def test_pages_lead_through_all_rows(ask, names):
    for name in names:
        path, seen = f"collections/{name}/items?limit=2", []
        while path:
            page = ask(path)
            seen += [feature["id"] for feature in page["features"]]
            links = {link["rel"]: link["href"] for link in page["links"]}
            path = links.get("next", "").partition("/ogc/")[2]
        assert len(seen) == len(set(seen)) == page["numberMatched"], name


def test_the_api_document_is_valid_openapi(ask, names):
    document = ask("api")
    Draft4Validator(OPENAPI_30).validate(document)
    for name in names:
        assert f"/collections/{name}/items" in document["paths"]
        assert f"/collections/{name}/items/{{featureId}}" in document["paths"]
