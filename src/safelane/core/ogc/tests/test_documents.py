import jsonschema
import pytest
import yaml

pytestmark = pytest.mark.django_db
NAMES = [
    "admin-areas",
    "evidence",
    "hazardous-area-positions",
    "hazardous-areas",
    "ordnance",
    "places",
    "survey-boxes",
]


def get(clients, path, who="aysel"):
    response = clients[who].get(path)
    assert response.status_code == 200, response.content
    return response.json()


def test_landing_page_leads_everywhere(clients, valid):
    page = get(clients, "/ogc/")
    valid(page, "landingPage")
    rels = {link["rel"]: link["href"] for link in page["links"]}
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= set(rels)
    for href in rels.values():
        assert clients["aysel"].get(href).status_code == 200


def test_conformance(clients, valid):
    declared = get(clients, "/ogc/conformance")
    valid(declared, "confClasses")
    assert any(
        uri.endswith("features-1/1.0/conf/core") for uri in declared["conformsTo"]
    )
    assert any(
        uri.endswith("cql2/1.0/conf/cql2-text") for uri in declared["conformsTo"]
    )


def test_collections_are_those_of_the_role(clients, valid):
    document = get(clients, "/ogc/collections")
    valid(document, "collections")
    found = [each["id"] for each in document["collections"]]
    assert set(NAMES) <= set(found) and "reports-pending" in found
    donor = get(clients, "/ogc/collections", "dara")
    assert [c["id"] for c in donor["collections"]] == ["admin-areas", "places"]
    assert get(clients, "/ogc/collections", "eve")["collections"] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_collection_is_described(clients, valid, name):
    document = get(clients, f"/ogc/collections/{name}")
    valid(document, "collection")
    for link in document["links"]:
        assert link["href"].startswith("http://testserver/ogc/")
        assert clients["aysel"].get(link["href"]).status_code == 200


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["queryables", "schema"])
def test_schemas_are_json_schemas(clients, name, kind):
    response = clients["aysel"].get(f"/ogc/collections/{name}/{kind}")
    assert response["Content-Type"] == "application/schema+json"
    jsonschema.Draft202012Validator.check_schema(response.json())
    assert response.json()["$id"].endswith(kind)


def test_features_fit_their_described_schema(clients, register):
    schema = get(clients, "/ogc/collections/hazardous-areas/schema")
    page = get(clients, "/ogc/collections/hazardous-areas/items")
    for feature in page["features"]:
        assert set(feature["properties"]) == set(schema["properties"]) - {
            "geometry",
            "id",
        }


def test_openapi_names_every_path(clients):
    document = get(clients, "/ogc/api")
    assert document["openapi"].startswith("3.0")
    for name in NAMES:
        assert f"/collections/{name}/items" in document["paths"]
    limit = document["paths"]["/collections/places/items"]["get"]["parameters"][0]
    assert limit["schema"]["maximum"] == 10_000
    assert yaml.safe_dump(document)


@pytest.mark.parametrize("path", ["/ogc/", "/ogc/collections", "/ogc/conformance"])
def test_pages_for_people(clients, path):
    response = clients["aysel"].get(f"{path}?f=html")
    assert response.status_code == 200
    assert b"<html" in response.content


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ogc/collections?what=1", 400),
        ("/ogc/collections?f=xml", 400),
        ("/ogc/collections/nothing", 404),
        ("/ogc/collections/nothing/items", 404),
        ("/ogc/collections/hazardous-areas/queryables?limit=3", 400),
    ],
)
def test_faults_have_the_standard_form(clients, valid, path, status):
    response = clients["aysel"].get(path)
    assert response.status_code == status
    valid(response.json(), "exception")


@pytest.mark.parametrize("path", ["", "/", "/collections", "/collections/places/items"])
def test_no_answer_is_stored_by_the_reader(clients, path):
    assert clients["aysel"].get(f"/ogc{path}")["Cache-Control"] == "private, no-store"


def test_the_last_slash_of_the_address_may_be_missing(client):
    """A redirect would end there for QGIS 3.22, which follows no relative one."""
    assert client.get("/ogc").json() == client.get("/ogc/").json()
    assert client.get("/ogc?f=xml").status_code == 400


def test_writing_is_not_offered(clients):
    assert clients["aysel"].post("/ogc/collections").status_code == 405
