"""The experiments of the book: which networks, on which task, for how many steps."""

from stnlib.experiments.catalogue import find, several, single, table1, volumes

EXPERIMENTS = single.EXPERIMENTS | several.EXPERIMENTS | find.EXPERIMENTS | volumes.EXPERIMENTS
EXPERIMENTS |= table1.EXPERIMENTS
GROUPS = {"table1": tuple(name for name in table1.EXPERIMENTS if name.startswith("table1"))}
