"""The experiments of the book: which networks, on which task, for how many steps."""

from stnlib.experiments.catalogue import find, several, single, volumes

EXPERIMENTS = single.EXPERIMENTS | several.EXPERIMENTS | find.EXPERIMENTS | volumes.EXPERIMENTS
