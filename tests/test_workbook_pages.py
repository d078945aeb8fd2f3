"""The rows of a release that was built from a workbook: its pages lead to the sheet and row that they came from."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from loaders.folders import Folders
from loaders.workbooks.template import make_template
from query_ui import create_app
from tests.national import vocabulary
from tests.served import QUESTIONS, SITE
from wise_skills import build as building
from wise_skills.cli.build import make_plan
from wise_skills.names import BASE

WORLD = Path(__file__).parent / "fixtures" / "shapes" / "world" / "be"


@pytest.fixture(scope="module", params=["be.xlsx", "be/my data.xlsx"], ids=["beside", "inside"])
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """The page of a release that was built from one workbook, and the name of the workbook."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "be").mkdir()
    folders = Folders(vocabulary())
    folders.add_folder(WORLD, "be")
    make_template(folders, "be", "nl", filled=True).save(folder / request.param)
    release = building.build(make_plan(folder, BASE), tmp_path_factory.mktemp("built")).release
    app = create_app(release.path, SITE=SITE, QUERIES_PER_MINUTE=0, QUESTIONS=QUESTIONS)
    with app.test_client() as client:
        yield client, request.param.replace(" ", "%20")
    app.extensions["wise"].close()


def test_a_thing_leads_to_the_sheet_and_row_that_it_came_from(page: tuple[FlaskClient, str]):
    client, book = page
    text = client.get("/page/be/form/x1").text
    assert f'href="/source/{book}/forms#row=3"' in text
    rows = client.get(f"/source/{book}/forms")
    assert rows.status_code == 200
    assert 'id="row=3"' in rows.text


def test_a_sheet_has_its_statements(page: tuple[FlaskClient, str]):
    client, book = page
    turtle = client.get(f"/source/{book}/forms?format=ttl").text
    assert f"source/{book}/forms#row=3" in turtle


@pytest.mark.parametrize("address", ["/source/be.xlsx/no_such", "/source/no.xlsx/forms", "/source/be.xlsx/%22%3E", "/source/a/b/forms.csv"])
def test_what_is_not_there_is_missed(page: tuple[FlaskClient, str], address: str):
    client, _ = page
    assert client.get(address).status_code == 404
