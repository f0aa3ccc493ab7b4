"""What the exercises of chapter 2 say to answers, right ones and wrong ones."""

import pytest

from tests.exercises.running import cases, said

SPOT = "def on_the_spot(x, y, zoom, angle):\n    "
CROP = """
def window(picture, top, left, height, width):
    rows, columns = picture.shape[2:]
    """
SHARE = "def share(angle):\n    "
FORTH = "there, back = translation(x, y), translation(-x, -y)\n    "

ANSWERS = {
    "ex-02-spot": {
        "right": [
            SPOT + FORTH + "return invert(compose(there, rotation(angle), scaling(zoom), back))",
            SPOT
            + FORTH
            + "return compose(there, scaling(1 / zoom, 1 / zoom), rotation(-angle), back)",
            # by hand, as a list
            SPOT
            + """c, s = math.cos(angle) / zoom, math.sin(angle) / zoom
    return [[[c, s, x - c * x - s * y], [-s, c, y + s * x - c * y]]]""",
        ],
        "not yet": [
            SPOT
            + FORTH
            + "return invert(compose(there, rotation(angle + math.pi), scaling(zoom), back))",
            SPOT
            + FORTH
            + "return invert(compose(there, rotation(angle), scaling(-zoom, zoom), back))",
            SPOT
            + FORTH
            + "return invert(compose(there, rotation(angle), scaling(2.2, 1.2), back))",
            SPOT + FORTH + "return compose(there, rotation(angle), scaling(zoom), back)",
            SPOT + FORTH + "return compose(there, rotation(-angle), scaling(zoom), back)",
            SPOT + "return invert(compose(rotation(angle), scaling(zoom)))",
            SPOT + FORTH + "return invert(compose(back, rotation(angle), scaling(zoom), there))",
            SPOT + "return invert(compose(rotation(0.7), scaling(2.0)))[0]",
            # a part of the arguments only
            SPOT
            + FORTH
            + "return invert(compose(there, rotation(abs(angle)), scaling(zoom), back))",
            SPOT
            + FORTH
            + "zoom = min(max(zoom, 0.5), 2)\n    "
            + "return invert(compose(there, rotation(angle), scaling(zoom), back))",
            SPOT
            + FORTH
            + "return invert(compose(there, rotation(angle % math.pi), scaling(zoom), back))",
            # the move scaled, too
            SPOT
            + "there, back = translation(x, y), translation(-zoom * x, -zoom * y)\n    "
            + "return invert(compose(there, rotation(angle), scaling(zoom), back))",
            SPOT + "return 1 / 0",
            "on_the_spot = translation(0.3, -0.2)",
        ],
    },
    "ex-02-crop": {
        "right": [
            CROP
            + """t_x, t_y = (2 * left + width) / columns - 1, (2 * top + height) / rows - 1
    return torch.tensor([[[width / columns, 0, t_x], [0, height / rows, t_y]]])""",
            CROP
            + """middle = torch.tensor([left + (width - 1) / 2, top + (height - 1) / 2])
    from stnlib.coordinates import normalised_from_pixel

    x, y = normalised_from_pixel(middle, (rows, columns)).tolist()
    return compose(translation(x, y), scaling(width / columns, height / rows))""",
            # three maps: the corner to the corner
            CROP
            + """grow = scaling(width / columns, height / rows)
    return compose(
        translation(-1, -1), grow, translation(1 + 2 * left / width, 1 + 2 * top / height)
    )""",
        ],
        "not yet": [
            # one picture's size only
            """
def window(picture, top, left, height, width):
    rows, columns = 20, 30
    t_x, t_y = (2 * left + width) / columns - 1, (2 * top + height) / rows - 1
    return compose(translation(t_x, t_y), scaling(width / columns, height / rows))""",
            # whole pixels for the middle
            CROP
            + """t_x = 2 * (left + width // 2) / columns - 1
    t_y = 2 * (top + height // 2) / rows - 1
    return compose(translation(t_x, t_y), scaling(width / columns, height / rows))""",
            # a twentieth of a pixel off
            CROP
            + """t_x, t_y = (2 * left + width + 0.1) / columns - 1, (2 * top + height) / rows - 1
    return compose(translation(t_x, t_y), scaling(width / columns, height / rows))""",
            # y upwards
            CROP
            + """t_x, t_y = (2 * left + width) / columns - 1, 1 - (2 * top + height) / rows
    return compose(translation(t_x, t_y), scaling(width / columns, height / rows))""",
            # the quarter of a square picture only
            CROP + "return compose(translation(0.5, 0.5), scaling(0.5))",
            # rows and columns exchanged
            CROP
            + """t_x, t_y = (2 * top + height) / rows - 1, (2 * left + width) / columns - 1
    return compose(translation(t_x, t_y), scaling(height / rows, width / columns))""",
            # one scale for both axes
            CROP
            + """t_x, t_y = (2 * left + width) / columns - 1, (2 * top + height) / rows - 1
    return compose(translation(t_x, t_y), scaling(width / columns))""",
            # the inverse
            CROP
            + """t_x, t_y = (2 * left + width) / columns - 1, (2 * top + height) / rows - 1
    return invert(compose(translation(t_x, t_y), scaling(width / columns, height / rows)))""",
            # the order
            CROP
            + """t_x, t_y = (2 * left + width) / columns - 1, (2 * top + height) / rows - 1
    return compose(scaling(width / columns, height / rows), translation(t_x, t_y))""",
            # for align_corners=True
            CROP
            + """t_x = (2 * left + width - 1) / (columns - 1) - 1
    t_y = (2 * top + height - 1) / (rows - 1) - 1
    zoom = scaling((width - 1) / (columns - 1), (height - 1) / (rows - 1))
    return compose(translation(t_x, t_y), zoom)""",
            # half a pixel off
            CROP
            + """t_x = (2 * left + width + 1) / columns - 1
    t_y = (2 * top + height + 1) / rows - 1
    return compose(translation(t_x, t_y), scaling(width / columns, height / rows))""",
            CROP + "return [0.5, 0.5, 0.5]",
        ],
    },
    "ex-02-curve": {
        "right": [
            SHARE + "return 2 * (1 - math.cos(angle)) * (1 - math.sin(angle))",
            SHARE + "return (1 - math.cos(angle) - math.sin(angle)) ** 2",
            SHARE + "a = torch.tensor(angle)\n    return 2 * (1 - a.cos()) * (1 - a.sin())",
        ],
        "not yet": [
            SHARE + "return 0.17 * math.sin(2 * angle) ** 2",
            SHARE + "return 0.1716 * math.sin(2 * angle) ** 1.8",
            SHARE + "return 0.1716 * math.sin(2 * angle) ** 1.76",
            SHARE + "return (1 - math.cos(angle)) * (1 - math.sin(angle))",
            SHARE + "return 2 * (1 - math.cos(angle)) * (1 + math.sin(angle))",
            SHARE + "return 1 - math.cos(angle)",
            # chances that are added as if they were independent
            SHARE + "p = (1 - math.cos(angle)) * (1 - math.sin(angle))\n    return 2 * p - p**2",
            # counted in a small picture
            SHARE + "return share_of_holes(rotation(angle), 60)",
            SHARE + "a = math.radians(angle)\n    return 2 * (1 - math.cos(a)) * (1 - math.sin(a))",
            SHARE + "return math.cos(angle) + math.sin(angle) - 1",
            "share = 0.172",
        ],
    },
}


@pytest.mark.parametrize(("label", "answer", "word"), cases("02", ANSWERS))
def test_an_answer_gets_its_word(label, answer, word):
    found = said("02", label, answer)
    assert found.split(":")[0] == word
