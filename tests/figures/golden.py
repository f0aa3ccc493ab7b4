"""The numbers that the figures' JavaScript shares with torch: python -m tests.figures.golden

Each function below makes one file of ``golden/``. node compares its modules with what is stored,
pytest what is stored with what is computed now. What is given is drawn by Python's own ``random``,
which is the same on every machine; what follows is rounded to eight digits.
"""

import base64
import json
import math
import warnings
from itertools import product
from pathlib import Path
from random import Random

import torch
from torch import nn
from torch.nn import functional as F

from stnlib import affine, coordinates
from stnlib.pixel_matrix import pixel_from_theta, theta_from_pixel
from stnlib.splatting import splat
from stnlib.transforms import FAMILIES, ControlGrid, Similarity, ThinPlateSpline
from stnlib.widgets import AlignmentLandscape, GridBender, PixelLab, PoseProbe, Recording
from stnlib.widgets.alignment_landscape import SLANT
from stnlib.widgets.shared.network import layers_of
from stnlib.widgets.volume_explorer.example import box_of

FOLDER = Path(__file__).with_name("golden")
MODES = ("bilinear", "nearest")
PADDINGS = ("zeros", "border", "reflection")
OPTIONS = [
    {"mode": mode, "padding": padding, "alignCorners": corners}
    for mode, padding, corners in product(MODES, PADDINGS, (False, True))
]
SIZES = [(5, 7), (6, 4), (1, 5), (4, 1), (1, 1), (2, 2), (3, 3), (8, 8)]
warnings.filterwarnings("ignore", "Since version 1.3.0, affine_grid behavior has changed")


def drawing(seed):
    """Return a function that draws tensors of numbers with three digits."""
    source = Random(seed)

    def draw(*shape, low=-1.0, high=1.0):
        numbers = [round(source.uniform(low, high), 3) for _ in range(math.prod(shape))]
        return torch.tensor(numbers, dtype=torch.float64).reshape(shape)

    return draw


def exact(values):
    return torch.tensor(values, dtype=torch.float64)


def picture_of(image):
    """Write a picture (H, W) as JavaScript has it."""
    return {"data": image.flatten(), "height": image.shape[0], "width": image.shape[1]}


def grid_of(theta, size, corners):
    return F.affine_grid(theta.reshape(1, 2, 3), (1, 1, *size), align_corners=corners)


def read(image, grid, options):
    """Read a picture (H, W) at a grid as torch does."""
    return F.grid_sample(
        image[None, None], grid, options["mode"], options["padding"], options["alignCorners"]
    )[0, 0]


def reading():
    """Coordinates, grids, reading and throwing, and the parts of θ: shared/warp.js."""
    draw, cases = drawing(7), []
    for options, (index, size) in product(OPTIONS, enumerate(SIZES)):
        image, theta = draw(*size, low=0), draw(6, low=-2, high=2)
        theta = exact([1, 0, 0, 0, 1, 0]) if index == 0 else theta
        corners, goal = options["alignCorners"], SIZES[(3 * index + 1) % len(SIZES)]
        grid = grid_of(theta, goal, corners)
        case = {**picture_of(image), "theta": theta, "size": goal, "options": options}
        case["output"] = read(image, grid, options).flatten()
        if options["padding"] == "zeros":
            case |= {"grid": grid.flatten(), **thrown(image, theta, goal, options)}
        cases.append(case)
    line = picture_of(exact([[0.1, 0.2, 0.3, 0.4]]))  # columns 1, 1.5 and 2: a half goes to even
    options = {"mode": "nearest", "padding": "zeros", "alignCorners": True}
    half = {"theta": [1 / 3, 0, 0, 0, 1, 0], "size": (1, 3), "options": options}
    cases.append({**line, **half, "output": [0.2, 0.3, 0.3]})
    thetas = draw(30, 6, low=-2, high=2)
    halves = exact([-1.5, -0.5, 0.5, 1.5, 2.5, 2.4999, 2.5001])
    return {
        "axes": [axis_of(n, corners) for n in (1, 2, 3, 5, 28) for corners in (False, True)],
        "cases": cases,
        "parts": list(torch.cat((thetas, torch.stack(affine.decompose(thetas), 1)), 1)),
        "halves": list(torch.stack((halves, halves.round()), 1)),
    }


def thrown(image, theta, goal, options):
    mode, corners = options["mode"], options["alignCorners"]
    grid = affine.affine_grid(theta.reshape(1, 2, 3), tuple(image.shape), align_corners=corners)
    done = splat(image[None, None], grid, goal, mode=mode, align_corners=corners)
    parts = {"total": done.total, "weight": done.weight, "average": done.average()}
    counts = {"holes": int(done.holes().sum()), "pileUps": int((done.weight > 1.001).sum())}
    return {**{name: part.flatten() for name, part in parts.items()}, **counts}


def axis_of(n, corners):
    points = exact([[x, 0] for x in (-1.3, 0, 0.7)])
    pixels = coordinates.pixel_from_normalised(points, (4, n), align_corners=corners)[:, 0]
    axis = coordinates.axis(n, align_corners=corners, dtype=torch.float64)
    return {"n": n, "alignCorners": corners, "axis": axis, "pixels": pixels}


def slopes_at(image, points, options):
    """Return value, slope in x and slope in y at (N, 2) places, all in pixels: (N, 3)."""
    points = points.clone().requires_grad_()
    places = coordinates.normalised_from_pixel(
        points, tuple(image.shape), align_corners=options["alignCorners"]
    )
    value = read(image, places[None, None], options).flatten()
    (slopes,) = torch.autograd.grad(value.sum(), points)
    return torch.cat((value[:, None], slopes), 1).detach()


def slopes():
    """The slopes of reading, far outside too and on every kink, and of a loss: shared/slopes.js."""
    draw, cases, losses = drawing(2), [], []
    for options, size in product(OPTIONS, [(3, 4), (1, 5), (6, 2)]):
        if 1 in size and options["alignCorners"]:
            size = (2, 5)  # with True, all of −1 … 1 would be the one pixel
        image, points = draw(*size, low=0), draw(40, 2, low=-9, high=13)
        cases.append((image, points, options))
    kinked = exact([[0.1, 0.9, 0.4, 0.5], [0.7, 0.2, 0.6, 0.3]])
    places = exact([(x / 2, y / 2) for x in range(-3, 10) for y in range(-3, 6)])
    cases += [(kinked, places, {**OPTIONS[0], "padding": padding}) for padding in PADDINGS]
    for size in [(5, 7), (8, 8), (1, 3)] * 3:
        image, target = draw(*size, low=0), draw(*size, low=0)
        theta = (exact([1, 0, 0, 0, 1, 0]) + draw(6, low=-0.6, high=0.6)).requires_grad_()
        loss = ((read(image, grid_of(theta, size, False), OPTIONS[0]) - target) ** 2).mean()
        (gradient,) = torch.autograd.grad(loss, theta)
        case = {**picture_of(image), "target": target.flatten(), "theta": theta.detach()}
        losses.append({**case, "loss": loss.item(), "gradient": gradient})
    found = [torch.cat((points, slopes_at(image, points, options)), 1)
             for image, points, options in cases]  # fmt: skip
    return {
        "cases": [{**picture_of(image), "options": options, "at": rows}
                  for (image, _, options), rows in zip(cases, found, strict=True)],
        "losses": losses,
    }  # fmt: skip


STOPS = [(2.3, 0.8), (6.0, 1.0), (-0.5, 1.0), (-1.4, 1.5), (7.0, 3.0), (0.0, 0.4), (8.2, -1.1)]


def lab():
    """What Python's judges say at the stops, and the gradient by the pixels: pixel_lab/state.js."""
    figure, draw, cases = PixelLab(stops=STOPS), drawing(4), []
    for mode, padding in product(MODES, PADDINGS):
        image = draw(5, 5, low=0).requires_grad_()
        options = {"mode": mode, "padding": padding, "alignCorners": False}
        for point in draw(8, 2, low=-1.7, high=5.7):
            place = coordinates.normalised_from_pixel(point, (5, 5)).reshape(1, 1, 1, 2)
            value = read(image, place, options).sum()
            (by_pixel,) = torch.autograd.grad(value, image)
            case = {**picture_of(image.detach()), "options": options, "point": point}
            cases.append({**case, "value": value.item(), "byPixel": by_pixel.flatten()})
    return {"image": figure.image, "judged": figure.judged, "cases": cases}


POINTS = [(2, 2), (3, 4), (4, 4), (5, 2)]
SHAPES = [
    (name, size)
    for name, family in FAMILIES.items()
    for size in (POINTS if issubclass(family, ControlGrid) else [(4, 4)])
]


def families():
    """Each family's map, where it is turned over, and a spline's linear part: families.js."""
    draw, outside, cases = drawing(0), exact([[1.3, 0.2], [-2, 1.7], [0.31, -1.2]]), []
    inside = coordinates.regular_grid((7, 9), dtype=torch.float64).reshape(-1, 2)
    for name, size in SHAPES:
        family = GridBender(family=name, control_grid=size).transform
        theta = family.identity().double()[None] + draw(1, family.n_params, low=-0.6, high=0.6)
        case = {"name": name, "size": size, "theta": theta[0]}
        case |= {"grid": family.grid(theta, (7, 9)).flatten(), "outside": outside}
        case |= {"folded": family.folded(theta, inside)[0].int()}
        case |= {"jets": jets_of(family, theta, outside)}
        if name == "thin plate spline":
            case["linear"] = family.linear_part(theta).flatten()
        if hasattr(family, "control_points"):
            case["anchors"] = family.control_points
        cases.append(case)
    theta = exact([[1, 0.2, 0.1, 0, 1, 0.3, 1, 0]])
    near = exact([[-1, 0.5], [-1.0004, 0.5], [-0.9996, 0.5], [-2, 0.5]])
    jets = jets_of(GridBender(family="projective").transform, theta, near)
    return {"cases": cases, "horizon": {"theta": theta[0], "outside": near, "jets": jets}}


def jets_of(family, theta, points):
    """Return x, y and the determinant at (N, 2) points: (N, 3)."""
    there, determinant = family.points(theta, points)[0], family.determinant(theta, points)[0]
    return torch.cat((there, determinant[:, None]), 1)


def start_numbers(count, starts, side):
    """Turn (N, 2) starts in degrees and pixels into (N, count) numbers to descend on."""
    angle, slant = starts[:, 0].deg2rad(), starts[:, 1] * 2 / side
    if count == 2:
        return torch.stack((angle, slant), 1)
    t_x, t_y = (part * slant for part in SLANT)
    if count == 3:
        return torch.stack((angle, t_x, t_y), 1)
    return affine.from_parts(rotation=angle, t_x=t_x, t_y=t_y).flatten(1)


def theta_from(numbers):
    """Turn (N, 2), (N, 3) or (N, 6) numbers into theta, (N, 2, 3)."""
    if numbers.shape[1] == 6:
        return numbers.reshape(-1, 2, 3)
    angle, *shifts = numbers.unbind(1)
    t_x, t_y = shifts if len(shifts) == 2 else (part * shifts[0] for part in SLANT)
    return affine.from_parts(rotation=angle, t_x=t_x, t_y=t_y)


def losses_of(picture, theta):
    """Return the loss of each of (N, 2, 3) maps, in units of the picture's variance: (N,)."""
    size = (len(theta), 1, *picture.shape)
    grid = F.affine_grid(theta, size, align_corners=False)
    there = F.grid_sample(picture.expand(size), grid, align_corners=False)
    return ((there - picture) ** 2).mean((1, 2, 3)) / picture.var(correction=0)


def descend(picture, numbers, rate, steps):
    """Walk down from (N, count) numbers: theta, slopes and losses after 0, 1, … steps."""
    path = []
    for _ in range(steps + 1):
        numbers = numbers.detach().requires_grad_()
        theta = theta_from(numbers)
        loss = losses_of(picture, theta)
        (slopes,) = torch.autograd.grad(loss.sum(), numbers)
        path.append((theta.detach().flatten(1), slopes, loss.detach()))
        numbers = numbers - rate * slopes
    return path


def blur(image, sigma):
    """Blur a picture (H, W) by a bell of ``sigma`` pixels; outside lie zeros."""
    if sigma == 0:
        return image
    reach = math.ceil(3 * sigma)
    bell = torch.exp(-0.5 * (torch.arange(-reach, reach + 1).double() / sigma) ** 2)
    bell = (bell / bell.sum()).reshape(1, 1, 1, -1)
    padded = F.pad(image[None, None], (reach,) * 4)
    return F.conv2d(F.conv2d(padded, bell), bell.transpose(2, 3))[0, 0]


def off_by(theta, side):
    """Return how far the grid's points are from their true places, on average, in pixels: (N,)."""
    theta, size = theta.reshape(-1, 2, 3), (side, side)
    away = affine.affine_grid(theta, size) - coordinates.regular_grid(size, dtype=theta.dtype)
    return away.norm(dim=-1).mean((1, 2)) * side / 2


def lattice(n, turn, move):
    return torch.cartesian_prod(*(torch.linspace(-r, r, n).double() for r in (turn, move)))


def descent():
    """The walk, the blur, the map and the basin of the alignment landscape: walk.js."""
    figure, walks = AlignmentLandscape(), []
    image, rate, side = torch.from_numpy(figure.image).double() / 255, figure.rate, figure.side
    starts = [((20, 10), 0), ((20, 10), 2), ((-50, -3.3), 1)]
    for count, (start, sigma) in product((2, 3, 6), starts):
        path = descend(blur(image, sigma), start_numbers(count, exact([start]), side), rate, 200)
        steps = [{"step": step, "theta": theta[0], "slopes": slopes[0], "loss": loss.item()}
                 for step, (theta, slopes, loss) in enumerate(path)
                 if step in (0, 1, 2, 5, 10, 40, 200)]  # fmt: skip
        off = off_by(path[200][0], side).item()
        walks.append({"count": count, "start": start, "blur": sigma, "path": steps, "off": off})
    small = drawing(1)(9, 7, low=0)
    starts, soft = lattice(4, 70, 8), blur(image, 1)
    basin = [{"count": count, "off": off_by(
        descend(soft, start_numbers(count, starts, side), rate, 200)[200][0], side
    )} for count in (2, 6)]  # fmt: skip
    places = lattice(5, 120, 12)
    there = theta_from(start_numbers(2, exact([[50, -3]]), side))
    return {
        "bytes": torch.from_numpy(figure.image).int().flatten(), "side": side, "rate": rate,
        "small": picture_of(small), "walks": walks,
        "blurred": [{"sigma": s, "data": blur(small, s).flatten()} for s in (0, 0.25, 1, 3.5)],
        "places": places, "losses": losses_of(soft, theta_from(start_numbers(2, places, side))),
        "starts": starts, "basin": basin,
        "there": {"place": [50, -3], "theta": there.flatten(), "off": off_by(there, side).item()},
    }  # fmt: skip


FORMS = ("theta", "opencv", "skimage")
PIXELS = [((5, 8), (5, 8)), ((7, 3), (4, 9)), ((2, 2), (6, 2)), ((480, 640), (100, 50))]


def conventions():
    """One map in all forms under both conventions, and what it reads: convention_checker."""
    draw, source = drawing(4), Random(4)
    image, cases = draw(5, 8, low=0), []
    maps = [(given, sizes, draw(6, low=-2, high=2), [source.randrange(n) for n in sizes[1]])
            for given, sizes in product(FORMS, PIXELS)]  # fmt: skip
    for (given, sizes, numbers, pixel), corners in product(maps, (False, True)):
        options, theta = {"align_corners": corners}, numbers.reshape(1, 2, 3)
        if given != "theta":
            theta = theta_from_pixel(theta, *sizes, convention=given, **options)
        forms = {name: pixel_from_theta(theta, *sizes, convention=name, **options)[0, :2]
                 for name in FORMS[1:]} | {"theta": theta[0]}  # fmt: skip
        case = {"given": given, "numbers": numbers, "input": sizes[0], "output": sizes[1]}
        case |= {"pixel": pixel, "alignCorners": corners}
        case["forms"] = {name: forms[name].flatten() for name in FORMS}
        case["place"] = forms["skimage"] @ exact([pixel[1], pixel[0], 1])
        if sizes[0] == tuple(image.shape):
            reads = {**OPTIONS[0], "alignCorners": corners}
            case["read"] = read(image, grid_of(theta, sizes[1], corners), reads).flatten()
        cases.append(case)
    return {"image": picture_of(image), "cases": cases}


def run_layers(layers, images):
    """Return the scores of (B, 1, H, W) pictures: what net.js does in the page."""
    for kind, weight, bias in layers:
        if kind == "conv":
            images = F.conv2d(images, weight, bias)
        elif kind == "linear":
            images = F.linear(images.flatten(1), weight, bias)
        else:
            images = images.relu() if kind == "relu" else F.max_pool2d(images, 2, ceil_mode=True)
    return images


def small_network(draw, kernels, size, hidden):
    """A classifier whose weights two bytes hold exactly."""
    parts, channels = [], 1
    for k, more in zip(kernels, (3, 4), strict=False):
        parts += [nn.Conv2d(channels, more, k), nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True)]
        size, channels = [math.ceil((n - k + 1) / 2) for n in size], more
    widths = [channels * math.prod(size), *hidden, 10]
    parts.append(nn.Flatten())
    for index in range(len(widths) - 1):
        parts += [nn.Linear(*widths[index : index + 2]), nn.ReLU()]
    network = nn.Sequential(*parts[:-1])
    for weight in network.parameters():
        high = 2 / math.sqrt(weight[0].numel())
        weight.data = draw(*weight.shape, low=-high, high=high).half().float()
    network[-1].weight.data *= 8
    return network


def network():
    """Scores, half precision and the loss of a small network: shared/net.js."""
    draw, cases = drawing(3), []
    shapes = [((5, 5), (20, 20), (16,)), ((3, 4), (20, 20), ()), ((5, 5), (20, 20), (12, 8)),
              ((3,), (7, 9), ())]  # fmt: skip
    for kernels, size, hidden in shapes:
        layers = layers_of(small_network(draw, kernels, size, hidden))
        pictures = draw(2, 1, *size, low=0) ** 3
        cases.append({
            "layers": [layer.to_json() for layer in layers], "height": size[0], "width": size[1],
            "pictures": pictures.flatten(1), "scores": run_layers(layers, pictures.float()),
        })  # fmt: skip
    values = torch.tensor([0, 1, -2.5, 6e-8, -3e-5, 65504, 0.1, 1 / 3]).half()
    scores = exact([[1, -2, 3, 0.5], [500, 0, -500, 499]])
    losses = F.cross_entropy(scores, torch.tensor([3, 3]), reduction="none")
    return {"cases": cases, "losses": [{"scores": s, "label": 3, "loss": x.item()}
            for s, x in zip(scores, losses, strict=True)],
            "half": {"bytes": values.numpy().tobytes(), "values": values.tolist()}}  # fmt: skip


def probe():
    """What a classifier says of a turned and moved grid, and its map: pose_probe/state.js."""
    draw = drawing(5)
    small = small_network(draw, (5, 5), (20, 20), ())
    images = (draw(2, 1, 16, 18, low=0) * 255).round() / 255
    aligned = torch.eye(2, 3).double() * 0.8 + draw(2, 2, 3, low=-0.2, high=0.2)
    figure = PoseProbe({"small": small}, images, [3, 7], aligned, aligned, picture=1)
    layers, label = figure.networks["small"], torch.tensor([7])

    def at(offset):
        figure.offset = offset
        scores = run_layers(layers, figure.output)
        return scores.softmax(1)[0], F.cross_entropy(scores, label).item()

    cases = []
    for offset in [(0, 0), (-35, 4.2), (90, -10)]:
        chances, loss = at(offset)
        case = {"offset": offset, "theta": figure.matrix.flatten(), "chances": chances}
        cases.append({**case, "loss": loss, "output": figure.output.flatten()})
    return {
        "layers": [layer.to_json() for layer in layers], "label": 7, "size": figure.output_size,
        "bytes": torch.from_numpy(figure.images[1]).int().flatten(), "height": 16, "width": 18,
        "aligned": figure.aligned[1], "cases": cases,
        "map": [at(offset)[1] for offset in lattice(5, 90, 10).tolist()],
    }  # fmt: skip


def side_by_side(draw):
    """A map and a spline, side by side, on a picture of two channels, and what they read of it."""
    channels = (draw(2, 6, 8, low=0) * 255).round() / 255
    numbers = torch.cat((draw(3, 1, 4, low=-0.4, high=0.4), draw(3, 1, 12, low=-0.3, high=0.3)), 2)
    run = Recording([0, 10, 40], numbers, (5, 4), align_corners=True,
                    transforms=[Similarity(), ThinPlateSpline((3, 2))])  # fmt: skip
    sent = Recording.from_json(run.to_json())  # what two bytes a number keep
    parts = torch.from_numpy(sent.theta[2]).split([6, 12], dim=1)
    grids = [family.grid(theta, (5, 4), align_corners=True)
             for family, theta in zip(sent.families, parts, strict=True)]  # fmt: skip
    outputs = [[read(channel, grid, OPTIONS[1]).flatten() for channel in channels]
               for grid in grids]  # fmt: skip
    linear = [parts[0].flatten(), sent.families[1].linear_part(parts[1]).flatten()]
    return {"run": run.to_json(), "channels": channels.flatten(1), "linear": linear,
            "grids": [grid.flatten() for grid in grids], "outputs": outputs}  # fmt: skip


def replay():
    """Runs as the page gets them, and what their grids read: training_replay/state.js."""
    draw = drawing(6)
    images = (draw(2, 6, 8, low=0) * 255).round() / 255
    theta = torch.eye(2, 3).double() + draw(3, 2, 2, 3, low=-0.6, high=0.6)
    cases = []
    for options in OPTIONS:
        run = Recording([0, 10, 40], theta, (5, 4), [20, 40], [50, 12.5], options["mode"],
                        options["padding"], options["alignCorners"]).to_json()  # fmt: skip
        words = torch.frombuffer(bytearray(run["theta"]), dtype=torch.int16).double()
        maps = (words * run["unit"]).reshape(6, 2, 3)  # what two bytes a number keep
        reads = [read(images[i % 2], grid_of(maps[i], (5, 4), options["alignCorners"]), options)
                 for i in (0, 3, 4)]  # fmt: skip
        cases.append({"run": run, "output": torch.stack(reads).flatten(1)})
    turns = Recording(range(6), affine.rotation(torch.linspace(2.8, 3.8, 6))[:, None], (5, 4))
    return {"images": images.flatten(1), "theta": theta.flatten(), "cases": cases,
            "turning": turns.to_json(), "several": side_by_side(draw)}  # fmt: skip


VOLUMES = [(4, 4, 4), (2, 3, 5), (1, 1, 1), (3, 1, 2), (6, 5, 4), (4, 2, 3)]
TURNS = [((0, 0, 0), 1, 1), ((-24, 56, 0), 0.54, 0.9), ((80, -170, 130), 1.3, 0.1),
         ((-60, 20, -90), 0.25, 2)]  # fmt: skip


def volumes():
    """What boxes read of volumes, what is left of it, and how boxes are turned: volume_explorer."""
    draw, cases = drawing(8), []
    for number, size in enumerate(VOLUMES * 2):
        volume = (draw(*size, low=0) * 255).round() / 255
        theta = torch.eye(3, 4).double() + draw(3, 4, low=-0.5, high=0.5) * (number > 0)
        grid = F.affine_grid(theta[None], (1, 1, *size), align_corners=False)
        output = F.grid_sample(volume[None, None], grid, align_corners=False)[0, 0]
        slices = [output[size[0] // 2], output[:, size[1] // 2], output[:, :, size[2] // 2].mT]
        left = {} if min(output.shape) == 1 else {
            "kept": (output.mean(0).var(correction=0) / output.var(correction=0)).item()
        }  # fmt: skip
        cases.append({
            "size": size, "data": volume.flatten(), "theta": theta.flatten(),
            "output": output.flatten(), "mean": output.mean(0).flatten(),
            "max": output.amax(0).flatten(), "slices": [one.flatten() for one in slices],
            "outside": int((grid.abs() > 1 + 1e-9).any(-1).sum()), **left,
        })  # fmt: skip
    boxes = [{"angles": turn, "size": size, "depth": depth, "theta": box_of(
        turn, size, depth, (0.1, -0.2, 0.3)
    ).flatten()} for turn, size, depth in TURNS]  # fmt: skip
    return {"cases": cases, "boxes": boxes}


PARTS = (reading, slopes, lab, families, descent, conventions, network, probe, replay, volumes)


def plain(value):
    """Return lists of rounded numbers for tensors, and text for bytes."""
    if isinstance(value, torch.Tensor):
        value = value.tolist()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, float):
        short = float(f"{value:.8g}") if abs(value) > 1e-6 else 0.0
        return int(short) if short.is_integer() else short
    return value


def text_of(part):
    """Write a part as JSON, one case a line."""
    write = lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False)  # noqa: E731
    rows = []
    for key, value in part.items():
        lines = isinstance(value, list) and isinstance(value[0], (dict, list))
        text = "[\n" + ",\n".join(map(write, value)) + "\n]" if lines else write(value)
        rows.append(f"{write(key)}: {text}")
    return "{\n" + ",\n".join(rows) + "\n}\n"


def stored(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def assert_same(now, before, place):
    """Compare nested lists; numbers may differ by the processor's rounding."""
    if isinstance(before, dict):
        assert now.keys() == before.keys(), place
        for key in before:
            assert_same(now[key], before[key], f"{place}.{key}")
    elif isinstance(before, list):
        assert len(now) == len(before), place
        for index, pair in enumerate(zip(now, before, strict=True)):
            assert_same(*pair, f"{place}[{index}]")
    elif isinstance(before, float) or isinstance(now, float):
        assert math.isclose(now, before, rel_tol=1e-5, abs_tol=1e-5), f"{place}: {now}, {before}"
    else:
        assert now == before, f"{place}: {now}, {before}"


def main():
    """Write each file that says something else; one that differs by rounding stays."""
    FOLDER.mkdir(exist_ok=True)
    for make in PARTS:
        name, now = make.__name__, plain(make())
        try:
            assert_same(now, stored(name), name)
        except (AssertionError, OSError, ValueError):
            (FOLDER / f"{name}.json").write_text(text_of(now), encoding="utf-8")
            print(f"Written: {name}.json")


if __name__ == "__main__":
    main()
