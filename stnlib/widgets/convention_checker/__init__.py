"""ConventionChecker, a live figure."""

from stnlib.widgets.convention_checker.figure import ConventionChecker

__all__ = ["ConventionChecker"]
