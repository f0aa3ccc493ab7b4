"""The drawings of stnlib.plotting look as they did, and say what the numbers say."""

import numpy as np
import pytest

from stnlib import plotting
from stnlib.coordinates import regular_grid
from tests.figures import drawings, pictures, reading


def colour_of(word):
    return tuple(int(word[i : i + 2], 16) for i in (1, 3, 5))


INPUT, FOLD, TEXT = (colour_of(word) for word in (plotting.INPUT, plotting.FOLD, plotting.TEXT))


@pytest.mark.parametrize("name", drawings.DRAWINGS)
def test_a_drawing_looks_as_it_did(name):
    seen = pictures.reduced(drawings.drawn(name, plotting)[0])
    expected = pictures.stored(pictures.file_of(name))
    apart = pictures.apart(seen, expected)
    if apart > pictures.TOLERANCE:
        file = pictures.show_red(name, seen, expected)
        said = f"{name}: a block is {apart:.0f} levels off."
        pytest.fail(f"{said} Seen, expected, and what differs: {file}", pytrace=False)


@pytest.mark.parametrize("name", ["image", "image of centres", "image of pixels"])
def test_a_pixel_has_its_grey_where_its_coordinates_say(name):
    drawing = drawings.drawn(f"plotting/{name}", plotting)
    places = regular_grid((3, 4), align_corners=name == "image of centres").double().numpy()
    for (row, column), value in np.ndenumerate(drawings.PIXELS.numpy()):
        place = (column, row) if name == "image of pixels" else places[row, column]
        light = 255 * value / (2 if name == "image of pixels" else 1)
        assert drawings.colour_at(drawing, *place)[0, 0] == pytest.approx([light] * 3, abs=2)


def test_points_lie_where_their_numbers_say():
    drawing = drawings.drawn("plotting/points", plotting)
    for x, y in drawings.POINTS.tolist():
        assert reading.mask(drawings.colour_at(drawing, x, y, 1), INPUT).all()
        for other in ((-x, y), (x, -y), (y, x)):
            assert not reading.mask(drawings.colour_at(drawing, *other, 2), INPUT).any()


def test_an_arrow_has_its_head_at_its_end():
    drawing = drawings.drawn("plotting/arrows", plotting)
    for start, end in zip(drawings.POINTS.numpy(), drawings.ENDS.numpy(), strict=True):
        near = [start + part * (end - start) for part in (0.2, 0.94)]
        tail, head = (reading.mask(drawings.colour_at(drawing, *place, 6), TEXT, 60).sum()
                      for place in near)  # fmt: skip
        assert head > 1.6 * tail > 0


@pytest.mark.parametrize("name", ["grid of lines", "grid of dots"])
def test_a_grid_lies_where_theta_sends_it(name):
    drawing = drawings.drawn(f"plotting/{name}", plotting)
    colour = INPUT if name == "grid of lines" else FOLD
    grid = drawings.affine_grid(drawings.THETA, (9, 12))[0].numpy()
    ends = np.array([grid[row, column] for row in (0, 8) for column in (0, 10)])
    for signs in ((1, 1), (-1, 1), (1, -1)):
        patches = [drawings.colour_at(drawing, *place, 2) for place in signs * ends]
        found = sum(reading.mask(patch, colour, 60).any() for patch in patches)
        assert (found == 4) == (signs == (1, 1))


def test_negative_is_blue_and_positive_red():
    for name in ("field", "field in limits"):
        drawing = drawings.drawn(f"plotting/{name}", plotting)
        for (row, column), value in np.ndenumerate(drawings.FIELD.numpy()):
            red, _, blue = drawings.colour_at(drawing, column, row)[0, 0]
            assert red - blue > 5 if value > 0 else blue - red > 5 or value == 0
    strong, weak = (drawings.colour_at(drawings.drawn(f"plotting/{name}", plotting), 0, 0)[0, 0]
                    for name in ("field", "field in limits"))  # fmt: skip
    assert strong.sum() < weak.sum()
