import pytest

from safelane.core.testing.permissions import Door, PermissionTests, Sight, Subject
from safelane.risk.wording import statement

pytestmark = pytest.mark.django_db


class TestPriorPermissions(PermissionTests):
    """The run belongs to the Lao authority; the cast's Aysel and Chan are elsewhere."""

    doors = {
        "list": Door(
            "/priorities/",
            others=Sight.REFUSED,
            aysel=Sight.EMPTY,
            chan=Sight.EMPTY,
            nobody=Sight.SIGN_IN,
        ),
        "run": Door("/priorities/{uid}/", nobody=Sight.SIGN_IN),
        "map": Door("/priorities/{uid}/map.geojson", nobody=Sight.SIGN_IN),
        "csv": Door("/priorities/{uid}/survey-first.csv", nobody=Sight.SIGN_IN),
        "pdf": Door("/priorities/{uid}/survey-first.pdf", nobody=Sight.SIGN_IN),
        "weights": Door(
            "/priorities/{uid}/weights/", method="post", data={}, nobody=Sight.SIGN_IN
        ),
        "api": Door(
            "/api/v1/priors/{uid}",
            others=Sight.REFUSED,
            aysel=Sight.HIDDEN,
            chan=Sight.HIDDEN,
            nobody=Sight.SIGN_IN,
        ),
    }

    @pytest.fixture
    def subject(self, prior):
        return Subject(shown="Where to survey first: Lao PDR", uid=prior.uid)


def test_the_page_answers_where_and_why(prior, clients):
    page = clients["noy"].get(f"/priorities/{prior.uid}/?level=unit")
    text = page.content.decode()
    assert statement() in page.content.decode().replace("&#x27;", "'")
    assert "TY-48N-0500-2000" in text
    assert "bombing target-months per km² (number 1 of 8)" in text
    assert "What was surveyed already is not taken off" in text


@pytest.mark.parametrize("level", ["district", "community", "unit", "nonsense"])
def test_every_level_has_table_and_map(prior, clients, level):
    assert (
        clients["noy"].get(f"/priorities/{prior.uid}/?level={level}").status_code == 200
    )
    answer = clients["noy"].get(f"/priorities/{prior.uid}/map.geojson?level={level}")
    features = answer.json()["features"]
    assert features[0]["properties"]["score"] == 1
    assert len(features) == {"community": 3, "unit": 8}.get(level, 2)


def test_search_finds_a_district_by_name(prior, clients):
    page = clients["noy"].get(f"/priorities/{prior.uid}/?q=District east")
    assert [row["unit"].code for row in page.context["rows"]] == ["east"]


def test_nothing_found_says_what_to_search_for(prior, clients):
    page = clients["noy"].get(f"/priorities/{prior.uid}/?q=zzz")
    assert "Nothing within your reach has this name" in page.content.decode()


def test_an_empty_list_teaches(cast, clients):
    assert "safelane pilot" in clients["noy"].get("/priorities/").content.decode()


def test_weights_without_a_reason_come_back_with_the_fault(prior, clients):
    page = clients["noy"].post(
        f"/priorities/{prior.uid}/weights/",
        {"weight_intensity": 1, "weight_people": 1, "weight_places": 0},
    )
    assert page.status_code == 200
    assert "reason" in page.context["form"].errors


def test_weights_all_nothing_are_refused(prior, clients):
    data = {f"weight_{layer}": 0 for layer in prior.weights} | {"reason": "x"}
    page = clients["noy"].post(f"/priorities/{prior.uid}/weights/", data)
    assert "above 0" in str(page.context["form"].errors)


def test_a_reader_of_the_country_sees_no_form_and_no_files(prior, cast, clients):
    from safelane.core.scope import system_actor
    from safelane.organisations.actions import grant_membership
    from safelane.organisations.models import Role

    reader = Role.objects.get(code="reader")
    home = cast.organisations["laa"]
    grant_membership(cast.users["eve"], home, reader, by=system_actor())
    page = clients["eve"].get(f"/priorities/{prior.uid}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "survey-first.pdf" not in text and "Rank again" not in text
    assert (
        clients["eve"].get(f"/priorities/{prior.uid}/survey-first.csv").status_code
        == 403
    )


def test_a_line_run_shows_distances(line_prior, clients):
    text = clients["noy"].get(f"/priorities/{line_prior.uid}/").content.decode()
    assert "km from the 1994 line" in text and "Account of the records" not in text
