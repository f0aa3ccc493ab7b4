"""What the live figures share: base class, traits, and the scripts that more than one of them uses.

The arithmetic is in ``warp.js`` (maps and reading), ``slopes.js`` (equations 6 and 7) and
``moves.js`` (what a hand does to θ); these touch no page. Drawing is in ``view.js`` with
``view.css``, in ``picture.js``, ``lens.js`` and ``heat_map.js``; a figure's life is in
``figure.js`` and ``store.js``, and playing steps in time in ``player.js``.
"""
