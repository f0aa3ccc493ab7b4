"""What the exercises of chapter 10 say to right and to wrong answers."""

import pytest

from tests.exercises.running import cases, said

TOGETHER = """
def together(maps):
    bottom = torch.tensor([[0.0, 0.0, 1.0]])
    square = [torch.cat((one, bottom)) for one in maps]
    whole = square[0]
    for one in square[1:]:
        whole = whole @ one
    return whole[:2]
"""
OWNER = """
def owner(windows, digits):
    off = windows[:, :, None] - digits[:, None]
    return off.var(dim=0).sum(dim=-1).argmin(dim=1)
"""


def change(lines):
    return "def change(first, second):\n" + "".join(f"    {line}\n" for line in lines.split("; "))


ANSWERS = {
    "ex-10-looks": {
        "right": [
            TOGETHER,
            "def together(maps):\n"
            "    a, t = torch.eye(2), torch.zeros(2)\n"
            "    for one in maps.flip(0):\n"
            "        a, t = one[:, :2] @ a, one[:, :2] @ t + one[:, 2]\n"
            "    return torch.cat((a, t[:, None]), dim=1)",
        ],
        "not yet": [
            TOGETHER.replace("whole @ one", "one @ whole"),
            TOGETHER.replace("return whole[:2]", "return whole"),
            TOGETHER.replace("square[1:]", "square[2:]"),
            TOGETHER.replace("whole @ one", "whole * one"),
            "def together(maps):\n    return maps.prod(dim=0)",
            "def together(maps):\n    return maps.mean(dim=0)",
            "def together(maps):\n    return maps[-1]",
        ],
    },
    "ex-10-twins": {
        "right": [
            change(
                "first.localisation[-1].bias.data[2] -= 0.2; "
                "second.localisation[-1].bias.data[2] += 0.2"
            ),
            change("nn.init.normal_(second.localisation[-1].weight, std=0.01)"),
            change("second.localisation[-1].bias.data[0] -= 0.3"),
        ],
        "not yet": [
            change("pass"),
            change("second.requires_grad_(False)"),
            change("second.localisation[-1].bias.data[2] += 9"),
            change(
                "nn.init.ones_(first.localisation[-1].weight); "
                "nn.init.ones_(second.localisation[-1].weight)"
            ),
            change("first.load_state_dict(second.state_dict())"),
            change(
                "torch.manual_seed(1); nn.init.normal_(first.localisation[-1].weight, std=0.01); "
                "torch.manual_seed(1); nn.init.normal_(second.localisation[-1].weight, std=0.01)"
            ),
        ],
    },
    "ex-10-owner": {
        "right": [
            OWNER,
            "def owner(windows, digits):\n"
            "    w, d = windows - windows.mean(0), digits - digits.mean(0)\n"
            "    shared = torch.einsum('nkx,nmx->km', w, d)\n"
            "    return (shared / d.square().sum((0, 2)).sqrt()).argmax(dim=1)",
        ],
        "not yet": [
            OWNER.replace("off.var(dim=0).sum(dim=-1)", "off.norm(dim=-1).mean(dim=0)"),
            OWNER.replace("off.var(dim=0).sum(dim=-1)", "off.mean(dim=0).norm(dim=-1)"),
            OWNER.replace("argmin", "argmax"),
            OWNER.replace("argmin(dim=1)", "argmin(dim=0)"),
            "def owner(windows, digits):\n    return torch.arange(windows.shape[1])",
            "def owner(windows, digits):\n"
            "    return torch.cdist(windows, digits).argmin(2).mode(0).values",
            "def owner(windows, digits):\n"
            "    return torch.einsum('nkx,nmx->km', windows, digits).argmax(dim=1)",
        ],
    },
}


@pytest.mark.parametrize(("label", "answer", "word"), cases("10", ANSWERS))
def test_an_answer_gets_its_word(label, answer, word):
    found = said("10", label, answer)
    assert found.split(":")[0] == word
