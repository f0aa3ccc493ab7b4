"""What the exercises of chapter 6 say to right and to wrong answers."""

import pytest

from tests.exercises.running import cases, said

STILL = """
def hold_still(network):
    for weight in network.transformer.parameters():
        weight.requires_grad = False
"""
BEST = """
def best_of(networks, percent, count):
    chances = torch.distributions.Binomial(count, torch.tensor(percent / 100))
    wrong = chances.sample((20_000, networks))
    return 100 * wrong.amin(dim=1).mean() / count
"""
COUNTED = """
from scipy.stats import binom
def best_of(networks, percent, count):
    lowest = [1 - (1 - binom.cdf(k, count, percent / 100)) ** networks for k in range(count)]
    return 100 * (count - sum(lowest)) / count
"""
LUCK = """
from itertools import combinations
def p_of(ours, theirs):
    both, n = [*ours, *theirs], len(ours)
    truth = abs(sum(ours) - sum(theirs)) / n
    count = total = 0
    for picked in combinations(range(2 * n), n):
        mine = [both[i] for i in picked]
        rest = [both[i] for i in range(2 * n) if i not in picked]
        total += 1
        count += abs(sum(mine) - sum(rest)) / n >= truth - 1e-9
    return count / total
"""

ANSWERS = {
    "ex-06-still": {
        "right": [
            STILL,
            "def hold_still(network):\n    network.transformer.requires_grad_(False)",
            """
def hold_still(network):
    for weight in network.get_submodule("transformer").parameters():
        weight.register_hook(torch.zeros_like)
""",
            """
def hold_still(network):
    network.transformer.register_forward_hook(lambda part, given, made: made.detach())
""",
            # they are no weights any more
            """
def hold_still(network):
    for module in network.transformer.modules():
        for key, w in [*module.named_parameters(recurse=False)]:
            delattr(module, key)
            module.register_buffer(key, w.detach())
""",
        ],
        "not yet": [
            "def hold_still(network):\n    network.requires_grad_(False)",
            "def hold_still(network):\n    network.classifier.requires_grad_(False)",
            "def hold_still(network):\n"
            "    network.transformer.localisation[-1].requires_grad_(False)",
            "def hold_still(network):\n    network.transformer.eval()",
            "def hold_still(network):\n    network.transformer.requires_grad = False",
            # all but one weight
            STILL.replace(
                "transformer.parameters()",
                "transformer.parameters():\n        pass\n"
                "    for weight in [*network.transformer.parameters()][1:]",
            ),
            STILL.replace(
                "transformer.parameters()",
                "transformer.parameters():\n        pass\n"
                "    for weight in [*network.transformer.parameters()][:-1]",
            ),
            STILL + "    weight.requires_grad = True",
            STILL + "    network.transformer.localisation[1].bias.requires_grad = True",
            """
def hold_still(network):
    first = next(network.transformer.parameters())
    def all_but_one(slope):
        kept = torch.zeros_like(slope)
        kept.flatten()[0] = slope.flatten()[0]
        return kept
    network.transformer.requires_grad_(False)
    first.requires_grad = True
    first.register_hook(all_but_one)
""",
            "def hold_still(network):\n"
            "    for weight in network.transformer.parameters():\n"
            "        weight.register_hook(lambda slope: 1e-9 * slope)",
            STILL.replace("= False", "= weight.ndim < 2"),
            # it must go on to look as it did
            STILL
            + """
    network.transformer.localisation.forward = lambda image: torch.zeros(len(image), 4)
""",
            STILL
            + """
    network.transformer.forward = torch.nn.AdaptiveAvgPool2d(20).forward
""",
            # the rest must learn, all of it
            STILL + "    network.classifier[1].requires_grad_(False)",
            STILL + "    network.classifier[-1].bias.requires_grad = False",
            # and it must be this network's own transformer
            """
def hold_still(network):
    network.transformer = torch.nn.AdaptiveAvgPool2d(20)
""",
            """
def hold_still(network):
    for weight in network.transformer.parameters():
        weight.data.zero_()
""",
        ],
    },
    "ex-06-best": {
        "right": [
            BEST,
            COUNTED,
            """
def best_of(networks, percent, count):
    p = torch.tensor(percent / 100)
    tries = [(torch.rand(60, networks, count) < p).float().mean(2).amin(1) for _ in range(9)]
    return 100 * torch.cat(tries).mean()
""",
            """
from math import comb
def best_of(networks, percent, count):
    p, more, fewest = percent / 100, 1.0, 0.0
    for k in range(count):
        more -= comb(count, k) * p**k * (1 - p) ** (count - k)
        fewest += max(more, 0) ** networks
    return 100 * fewest / count
""",
        ],
        "not yet": [
            "def best_of(networks, percent, count):\n    return percent / networks",
            "def best_of(networks, percent, count):\n    return 0.0",
            BEST.replace("amin(dim=1)", "mean(dim=1)"),
            BEST.replace("amin(dim=1)", "amax(dim=1)"),
            BEST.replace("amin(dim=1)", "median(dim=1).values"),
            BEST.replace(".amin(dim=1).mean()", ".min()"),
            BEST.replace("100 * wrong", "wrong"),
            BEST.replace("percent / 100", "percent / 100 / networks"),
            BEST.replace("chances.sample((20_000, networks))", "chances.sample((20_000, 10))"),
            BEST.replace("Binomial(count", "Binomial(networks * count"),
            BEST.replace("Binomial(count", "Binomial(500").replace("/ count", "/ 500"),
            BEST.replace("networks)", "networks + (networks > 1))"),
            BEST.replace("networks)", "max(networks - 1, 1))"),
            BEST.replace("20_000, networks", "networks,").replace("amin(dim=1).mean()", "min()"),
            "from scipy.stats import binom\ndef best_of(networks, percent, count):\n"
            "    return 100 * binom.ppf(1 / (networks + 1), count, percent / 100) / count",
            "def best_of(networks, percent, count):\n"
            "    return percent - (percent * (100 - percent) / count) ** 0.5",
        ],
    },
    "ex-06-luck": {
        "right": [
            LUCK,
            LUCK.replace("/ n", ""),
            """
from itertools import product
def p_of(ours, theirs):
    both = torch.tensor([*ours, *theirs])
    signs = torch.tensor([*product((1.0, -1.0), repeat=len(both))])
    gaps = (signs[signs.sum(1) == 0] @ both).abs()
    return (gaps >= abs(sum(ours) - sum(theirs)) - 1e-4).double().mean()
""",
            # every order of all errors
            """
from itertools import permutations
def p_of(ours, theirs):
    both, n = [*ours, *theirs], len(ours)
    gaps = [abs(sum(o[:n]) - sum(o[n:])) for o in permutations(both)]
    return sum(gap >= gaps[0] - 1e-9 for gap in gaps) / len(gaps)
""",
        ],
        "not yet": [
            LUCK.replace(">= truth - 1e-9", "> truth + 1e-9"),
            LUCK.replace("abs(sum(mine) - sum(rest))", "(sum(mine) - sum(rest))"),
            LUCK.replace("return count / total", "return 1 - count / total"),
            LUCK.replace("return count / total", "return count"),
            LUCK.replace("return count / total", "return count / total / 2"),
            LUCK.replace("range(2 * n), n)", "range(2 * n), n - 1)"),
            LUCK.replace("combinations", "permutations").replace("truth =", "truth = 1.2 *"),
            # the share of pairs that are won
            """
def p_of(ours, theirs):
    return sum(x < y for x in ours for y in theirs) / len(ours) / len(theirs)
""",
            # paired: only the signs of the differences are dealt
            """
from itertools import product
def p_of(ours, theirs):
    won = [x - y for x, y in zip(ours, theirs)]
    ways = [abs(sum(s * d for s, d in zip(signs, won)))
            for signs in product((1, -1), repeat=len(won))]
    return sum(way >= abs(sum(won)) - 1e-9 for way in ways) / len(ways)
""",
            "def p_of(ours, theirs):\n    return 0.05",
            # two errors may be equal
            LUCK.replace(
                "both[i] for i in range(2 * n) if i not in picked",
                "x for x in both if x not in mine",
            ).replace("sum(rest)) / n", "sum(rest)) / n if rest else 0"),
            LUCK.replace(
                "combinations(range(2 * n), n)",
                "{tuple(sorted(both[i] for i in p)): p "
                "for p in combinations(range(2 * n), n)}.values()",
            ),
            "from scipy.stats import ttest_ind\ndef p_of(ours, theirs):\n"
            "    return ttest_ind(ours, theirs).pvalue",
            "from scipy.stats import mannwhitneyu\ndef p_of(ours, theirs):\n"
            "    return mannwhitneyu(ours, theirs, method='exact').pvalue",
            LUCK.replace("count = total = 0", "count = total = 1"),
            LUCK.replace("count = total = 0", "count = total = -1"),
        ],
    },
}


@pytest.mark.parametrize(("label", "answer", "word"), cases("06", ANSWERS))
def test_an_answer_gets_its_word(label, answer, word):
    found = said("06", label, answer)
    assert found.split(":")[0] == word
