"""The experiments of the book: which networks, on which task, for how many steps."""

from stnlib.experiments.catalogue import several, single, volumes

EXPERIMENTS = single.EXPERIMENTS | several.EXPERIMENTS | volumes.EXPERIMENTS
