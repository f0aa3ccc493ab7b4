"""Live figures: widgets in JupyterLab, and live in static pages without a kernel.

A figure is a folder here; what its ``__all__`` names can be imported from here too.

Pictures have values in 0 ... 1, in whatever shape and type they come. Only uint8 counts 0 ... 255,
unless it holds nothing but 0 and 1: then it is a mask. A figure keeps a copy.
"""

from importlib import import_module
from pkgutil import iter_modules

from stnlib._extras import needs

for _found in sorted(name for _, name, is_folder in iter_modules(__path__) if is_folder):
    with needs("widgets"):
        _module = import_module(f"{__name__}.{_found}")
    globals().update({_name: getattr(_module, _name) for _name in getattr(_module, "__all__", ())})

__all__ = sorted(name for name in globals() if name[0].isupper())
