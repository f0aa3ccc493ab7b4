"""TrainingReplay with several grids on a picture, as wide as a phone."""

import pytest

from tests.figures.states import STATES

pytestmark = pytest.mark.browser
NAMES = ("two grids", "two grids of two runs", "a grid on two channels", "three grids")


@pytest.fixture
def phone(gallery):
    """Make the page as wide as a phone's."""
    gallery.page.set_viewport_size({"width": 350, "height": 1600})
    yield gallery
    gallery.use()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_sticks_out_and_nothing_lies_on_anything_on_a_phone(phone, name):
    figure = phone.put(STATES[f"TrainingReplay/{name}"]())
    width = phone.page.viewport_size["width"]
    inside = figure.locator(".stn-now, .stn-picker, .stn-title").all()
    boxes = [node.bounding_box() for node in inside if node.is_visible()]
    assert all(box["x"] >= -1 and box["x"] + box["width"] <= width + 1 for box in boxes)
    matrices = [node.bounding_box() for node in figure.locator(".stn-now").all()
                if node.is_visible()]  # fmt: skip
    assert len(matrices) == {"two grids": 2, "two grids of two runs": 4, "three grids": 3}.get(
        name, 1
    )
    for i, one in enumerate(matrices):
        for other in matrices[:i]:
            beside = (
                one["x"] >= other["x"] + other["width"] or other["x"] >= one["x"] + one["width"]
            )
            below = (
                one["y"] >= other["y"] + other["height"] or other["y"] >= one["y"] + one["height"]
            )
            assert beside or below
    assert phone.page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_a_press_shows_another_picture_and_its_numbers(phone):
    figure = phone.put(STATES["TrainingReplay/two grids"]())
    pictures = figure.locator(".stn-picker")
    assert pictures.count() == 4
    tops = [picture.bounding_box()["y"] for picture in pictures.all()]
    assert len(set(tops)) == 1
    before = figure.locator(".stn-now").last.inner_text()
    pictures.nth(3).focus()
    phone.page.keyboard.press("Enter")
    phone.page.evaluate("() => settle()")
    told = figure.locator(".stn-caption p").all_inner_texts()
    assert [line[:19] for line in told[1:]] == ["Grid 1 on picture 4", "Grid 2 on picture 4"]
    assert figure.locator(".stn-now").last.inner_text() != before
    assert pictures.nth(3).get_attribute("aria-pressed") == "true"


def test_many_pictures_stand_in_rows_on_a_phone(phone):
    figure = STATES["TrainingReplay/two grids"]()
    theta = figure.runs["quick"].theta
    many = type(figure.runs["quick"])(
        figure.runs["quick"].step, theta.repeat(2, axis=1), (14, 14),
        transforms=figure.runs["quick"].transforms,
    )  # fmt: skip
    shown = phone.put(type(figure)({"many": many}, figure.input.repeat_interleave(2, dim=0)))
    boxes = [picture.bounding_box() for picture in shown.locator(".stn-picker").all()]
    places = {(round(box["x"]), round(box["y"])) for box in boxes}
    assert len(places) == 8
    assert len({y for _, y in places}) == 2
    assert all(box["width"] >= 76 for box in boxes)
