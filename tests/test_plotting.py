"""Drawings put pixels and points where the convention says."""

import io

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.collections import LineCollection

from stnlib import plotting, regular_grid


@pytest.fixture
def ax():
    figure, (ax,) = plotting.panels(1)
    yield ax
    plt.close(figure)


def test_panels_are_equal_and_titled():
    figure, axes = plotting.panels(3, titles=["a", "b", "c"])
    assert [ax.get_title() for ax in axes] == ["a", "b", "c"]
    plt.close(figure)


@pytest.mark.parametrize(
    ("align_corners", "expected"), [(False, (-1, 1, 1, -1)), (True, (-1.5, 1.5, 2, -2))]
)
def test_a_picture_covers_what_the_convention_says(ax, align_corners, expected):
    plotting.draw_image(ax, torch.zeros(1, 1, 2, 3), align_corners=align_corners)
    assert tuple(ax.images[0].get_extent()) == expected
    (right, bottom), (left, top) = expected[1:3], (expected[0], expected[3])
    pixel_width, pixel_height = (right - left) / 3, (bottom - top) / 2
    assert pixel_height * ax.get_aspect() == pytest.approx(pixel_width)  # square on the page


def test_pixels_are_centred_on_whole_numbers(ax):
    plotting.draw_image(ax, np.zeros((2, 3)), frame="pixel", edge=plotting.INPUT)
    assert tuple(ax.images[0].get_extent()) == (-0.5, 2.5, 1.5, -0.5)
    assert ax.lines[0].get_color() == plotting.INPUT


@pytest.mark.parametrize(("every", "lines"), [(1, 7), (2, 4)])
def test_grid_lines_and_outline(ax, every, lines):
    plotting.draw_grid(ax, regular_grid((3, 4)), every=every)
    (collection,) = [c for c in ax.collections if isinstance(c, LineCollection)]
    assert len(collection.get_segments()) == lines
    outline = ax.lines[0].get_xydata()
    assert len(outline) == 2 * (3 + 4) - 3
    assert np.allclose(outline[0], outline[-1])


def test_dots_points_arrows(ax):
    plotting.draw_grid(ax, regular_grid((3, 4))[None], points=True, outline=False)
    assert len(ax.collections[0].get_offsets()) == 12
    plotting.draw_points(ax, [[0.0, 0.5]], labels=["p"])
    plotting.draw_arrows(ax, [[0.0, 0.0]], [[0.5, 0.5]])
    assert [text.get_text() for text in ax.texts] == ["p", ""]


def test_values_are_written_into_their_pixels(ax):
    plotting.draw_values(ax, [[0.0, 0.5], [0.75, 1.0]])
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {(0, 0): "0.0", (1, 0): "0.5", (0, 1): "0.8", (1, 1): "1.0"}
    assert ax.texts[0].get_color() == "white"
    assert ax.texts[3].get_color() == "black"


def test_a_field_is_centred_on_zero(ax):
    plotting.draw_field(ax, [[-3.0, 1.0]])
    assert ax.images[0].get_clim() == (-3, 3)


@pytest.mark.parametrize(
    ("values", "reach"), [([[0.0, 0.0]], 1), ([[2, 2]], 2), ([[np.nan, -3.0]], 3)]
)
def test_a_constant_field_and_one_with_gaps_have_a_range(ax, values, reach):
    plotting.draw_field(ax, values)
    assert ax.images[0].get_clim() == (-reach, reach)


@pytest.mark.parametrize("form", [np.array, torch.tensor, lambda a: torch.tensor(a).bfloat16()])
def test_every_form_of_numbers_is_drawn_alike_and_copied(ax, form):
    picture, grid = form([[False, True]]), form([[[0.0, 0.5], [1.0, 0.5]]])
    plotting.draw_values(ax, picture)
    assert [text.get_text() for text in ax.texts] == ["0.0", "1.0"]
    plotting.draw_field(ax, picture)
    plotting.draw_grid(ax, grid, outline=False)
    grid[...] = 9
    (collection,) = [c for c in ax.collections if isinstance(c, LineCollection)]
    assert collection.get_segments()[0].tolist() == [[0, 0.5], [1, 0.5]]


def test_words_may_come_in_an_array(ax):
    figure, axes = plotting.panels(2, titles=np.array(["a", "b"]))
    assert [ax.get_title() for ax in axes] == ["a", "b"]
    plt.close(figure)
    plotting.draw_points(ax, np.zeros((2, 2)), labels=np.array(["p", "q"]))
    assert [text.get_text() for text in ax.texts] == ["p", "q"]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda ax: plotting.panels(0), "n: expected at least 1, got 0"),
        (lambda ax: plotting.panels(2, titles=["a"]), "titles: expected 2, got 1"),
        (lambda ax: plotting.draw_image(ax, torch.zeros(2, 1, 3, 3)), "image: expected shape"),
        (lambda ax: plotting.draw_image(ax, np.zeros((2, 2)), frame="inch"), "frame: expected one"),
        (lambda ax: plotting.draw_field(ax, np.zeros((0, 3))), "image: expected shape"),
        (lambda ax: plotting.draw_field(ax, np.zeros((2, 3)), limit=0), "limit: expected a number"),
        (lambda ax: plotting.draw_grid(ax, torch.zeros(2, 3, 4, 2)), "grid: expected shape"),
        (lambda ax: plotting.draw_points(ax, torch.zeros(3)), "points: expected shape"),
        (lambda ax: plotting.draw_points(ax, [[0, 0]], labels=[]), "labels: expected 1, got 0"),
        (lambda ax: plotting.draw_arrows(ax, [[0, 0]], [[0, 0], [1, 1]]), "end: expected 1"),
    ],
)
def test_bad_calls_say_what_was_expected(ax, draw, message):
    with pytest.raises(ValueError, match=message):
        draw(ax)


def test_pictures_and_points_of_half_the_precision_are_drawn(ax):
    picture = torch.tensor([[0.0, 0.5], [1.0, 0.25]], dtype=torch.bfloat16)
    plotting.draw_image(ax, picture)
    assert ax.images[0].get_array().tolist() == [[0.0, 0.5], [1.0, 0.25]]
    plotting.draw_points(ax, picture)
    assert ax.collections[0].get_offsets().tolist() == [[0.0, 0.5], [1.0, 0.25]]


def luminance(colour):
    """WCAG 2's relative luminance."""
    rgb = np.array(mpl.colors.to_rgb(colour))
    return np.where(rgb <= 0.03928, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [
        0.2126, 0.7152, 0.0722,
    ]  # fmt: skip


@pytest.mark.parametrize("ground", ["#fdfdfc", "#14181e"])  # of book.css, light and dark
def test_figures_can_be_read_on_light_and_on_dark(ground):
    with mpl.rc_context():
        plotting.use_style()
        figure, (axes,) = plotting.panels(1, titles=["title"])
        axes.set_xlabel("steps")
        words = [axes.title, axes.xaxis.label, *axes.get_xticklabels(), axes.text(0, 0, "word")]
        drawn = io.BytesIO()
        figure.savefig(drawn, facecolor=figure.get_facecolor())
    drawn.seek(0)
    assert plt.imread(drawn)[0, 0, 3] == 0
    for word in words:
        darker, lighter = sorted((luminance(ground), luminance(word.get_color())))
        assert (lighter + 0.05) / (darker + 0.05) > 4


@pytest.mark.parametrize("draw", [plotting.draw_image, plotting.draw_values, plotting.draw_field])
def test_masked_places_are_refused_and_filled_ones_drawn(ax, draw):
    masked = np.ma.masked_greater(np.eye(3), 0.5)
    for some in (masked, [*masked]):
        with pytest.raises(ValueError, match=r"in all places, got a masked array: fill it"):
            draw(ax, some)
    draw(ax, masked.filled(0.25))
    assert np.asarray(ax.images[0].get_array())[0, 0] == 0.25
    assert not ax.images[0].get_array()[1:, 0].any()

@pytest.mark.parametrize("shift", [(0.0, 0.0), (0.5, -0.3)])
def test_a_move_is_drawn_before_and_after_with_its_columns(ax, shift):
    corners = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
    linear = torch.tensor([[0.8, -0.3], [0.4, 0.9]])
    theta = torch.cat((linear, torch.tensor(shift)[:, None]), dim=1)
    plotting.draw_move(ax, theta[None], corners)
    before, after = (patch.get_xy()[:3] for patch in ax.patches)
    assert np.allclose(before, corners)
    assert np.allclose(after, corners @ linear.T + torch.tensor(shift))
    arrows = [text for text in ax.texts if getattr(text, "arrow_patch", None)]
    assert [list(arrow.xy) for arrow in arrows] == [
        pytest.approx([0.8 + shift[0], 0.4 + shift[1]]),
        pytest.approx([-0.3 + shift[0], 0.9 + shift[1]]),
    ]
    colours = [arrow.arrow_patch.get_edgecolor() for arrow in arrows]
    wanted = (plotting.ARROW_X, plotting.ARROW_Y)
    assert colours == [mpl.colors.to_rgba(colour) for colour in wanted]
    assert ax.get_ylim()[0] > ax.get_ylim()[1], "y points down"
    assert ax.lines[1].get_color() == plotting.INPUT


def test_a_move_takes_a_bare_matrix_and_no_grid(ax):
    plotting.draw_move(ax, torch.eye(2), [[0, 0], [1, 0], [1, 1]], grid=False)
    assert np.allclose(ax.patches[0].get_xy(), ax.patches[1].get_xy())
    assert len(ax.lines) == 0
    with pytest.raises(ValueError, match=r"theta: expected \(2, 2\)"):
        plotting.draw_move(ax, torch.eye(3), [[0, 0], [1, 0], [1, 1]])
