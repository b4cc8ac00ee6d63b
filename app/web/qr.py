"""QR codes: drawn here, so that no page asks anybody else for one."""

from __future__ import annotations

import segno
from markupsafe import Markup


def drawn(url: str) -> Markup:
    """Dark on white in any colour scheme; drawn by us out of a URL of ours, so it may stay unescaped."""
    code = segno.make_qr(url, error="m")
    svg = code.svg_inline(omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    return Markup(svg)  # noqa: S704
