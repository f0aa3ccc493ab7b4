"""What the page of the package needs: arguments that share a line of a docstring, one by one."""

import re

SHARED = re.compile(r"^(\s*)(\w+(?:, \w+)+): (.+)$")
SECTIONS = {"Args:", "Attributes:"}


def list_each(app, what, name, obj, options, lines):
    """Turn ``height, width: of one panel.`` into two entries: Sphinx takes the first for a type."""
    inside, indent, made = False, 0, []
    for line in lines:
        depth = len(line) - len(line.lstrip())
        if line.strip() in SECTIONS:
            inside, indent = True, depth
        elif line.strip() and depth <= indent:
            inside = False
        shared = SHARED.match(line) if inside and depth == indent + 4 else None
        if shared:
            *first, last = shared[2].split(", ")
            made += [f"{shared[1]}{one}: with ``{last}``." for one in first]
            line = f"{shared[1]}{last}: {shared[3]}"
        made.append(line)
    lines[:] = made


def is_bare_field(app, what, name, obj, skip, options):
    """Leave out the fields of named tuples, which have no words of their own."""
    return True if (getattr(obj, "__doc__", "") or "").startswith("Alias for field") else None


def setup(app):
    app.connect("autodoc-skip-member", is_bare_field)
    app.connect("autodoc-process-docstring", list_each, priority=100)  # before napoleon
    return {"parallel_read_safe": True, "parallel_write_safe": True}
