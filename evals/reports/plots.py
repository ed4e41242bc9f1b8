"""Plots as inline SVG, drawn from numbers: no library, no script, no network. Colours come from the page's CSS.

Every plot has a title for those who hear the page, and says its numbers in tooltips.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 460, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 14, 14, 40
_ROW, _LABEL, _VALUE = 26, 150, 46


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: 0 to 1, with its interval where there is one; `note` stands behind the label."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""


def bars(title: str, given: Sequence[Bar]) -> str:
    """Horizontal bars from 0 to 1, a line across each for its interval."""
    height = len(given) * _ROW + 22
    span = WIDTH - _LABEL - _VALUE
    parts = [_grid_line(_LABEL + span * tick / 4, 0, height - 22, f"{tick / 4:g}") for tick in range(5)]
    for number, bar in enumerate(given):
        parts += _bar(bar, number * _ROW + 4, span)
    return _svg(title, WIDTH, height, parts)


def _bar(bar: Bar, top: float, span: float) -> Iterator[str]:
    middle = top + 9
    note = f' <tspan class="muted">{escape(bar.note)}</tspan>' if bar.note else ""
    yield f'<text x="{_LABEL - 8}" y="{middle + 4}" text-anchor="end">{escape(bar.label)}{note}</text>'
    if bar.value is None:
        yield f'<text class="muted" x="{_LABEL + 6}" y="{middle + 4}">not measured</text>'
        return
    said = f"{bar.label}: {bar.value:.3f}" + (f" ({bar.low:.3f} to {bar.high:.3f})" if bar.low is not None else "")
    yield (
        f'<rect class="bar" x="{_LABEL}" y="{top}" width="{max(span * bar.value, 1):.1f}" height="18" rx="3">'
        f"<title>{escape(said)}</title></rect>"
    )
    if bar.low is not None and bar.high is not None:
        left, right = _LABEL + span * bar.low, _LABEL + span * bar.high
        yield (
            f'<path class="whisker" d="M{left:.1f} {middle}H{right:.1f}M{left:.1f} {middle - 4}v8M{right:.1f} '
            f'{middle - 4}v8"><title>{escape(said)}</title></path>'
        )
    yield f'<text class="value" x="{WIDTH}" y="{middle + 4}" text-anchor="end">{bar.value:.2f}</text>'


def curve(title: str, points: Sequence[tuple[float, float]], *, across: str, up: str) -> str:
    """A line through points in the unit square, with the area under it."""
    placed = [(_x(across), _y(up)) for across, up in points]
    line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in placed)
    parts = [*_axes(across, up)]
    if placed:
        area = f"{line}L{placed[-1][0]:.1f} {_y(0):.1f}L{placed[0][0]:.1f} {_y(0):.1f}Z"
        parts += [f'<path class="area" d="{area}"/>', f'<path class="line" d="{line}"/>']
        parts += [
            f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="2.5"><title>{across} {point[0]:.2f}, {up} '
            f"{point[1]:.2f}</title></circle>"
            for (x, y), point in zip(placed, points, strict=True)
        ]
    return _svg(title, WIDTH, HEIGHT, parts)


def diagram(title: str, points: Sequence[tuple[float, float, int]], *, across: str, up: str) -> str:
    """Points of (across, up, count) in the unit square against the diagonal; the area of a dot grows with its count."""
    most = max((count for *_, count in points), default=1)
    parts = [*_axes(across, up), f'<path class="diagonal" d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}"/>']
    for sure, right, count in points:
        said = f"{count} answers, {across} {sure:.2f}, {up} {right:.2f}"
        parts.append(
            f'<circle class="bubble" cx="{_x(sure):.1f}" cy="{_y(right):.1f}" r="{4 + 9 * (count / most) ** 0.5:.1f}">'
            f"<title>{said}</title></circle>"
        )
    return _svg(title, WIDTH, HEIGHT, parts)


def histogram(title: str, values: Sequence[float], *, across: str, marks: Sequence[tuple[str, float]] = ()) -> str:
    """How often values fall into each of 24 bins from 0 to the largest, with named values marked."""
    most = max([*values, *(value for _, value in marks)], default=0) or 1
    bins = [0] * 24
    for value in values:
        bins[min(int(value / most * 24), 23)] += 1
    tallest, width = max(bins) or 1, (WIDTH - _LEFT - _RIGHT) / 24
    parts = [f'<path class="axis" d="M{_LEFT} {_y(0)}H{WIDTH - _RIGHT}"/>']
    for number, count in enumerate(bins):
        top = _y(count / tallest)
        said = f"{count} answers, {most * number / 24:.3g} to {most * (number + 1) / 24:.3g} {across}"
        parts.append(
            f'<rect class="bar" x="{_LEFT + number * width + 1:.1f}" y="{top:.1f}" width="{width - 2:.1f}" '
            f'height="{_y(0) - top:.1f}" rx="2"><title>{said}</title></rect>'
        )
    for tick in range(5):
        x = _LEFT + (WIDTH - _LEFT - _RIGHT) * tick / 4
        parts.append(
            f'<text class="muted" x="{x:.1f}" y="{_y(0) + 15:.1f}" text-anchor="middle">{most * tick / 4:.2g}</text>'
        )
    for row, (name, value) in enumerate(marks):
        x = _LEFT + (WIDTH - _LEFT - _RIGHT) * value / most
        side = "end" if value > most * 0.7 else "start"
        shift = -5 if side == "end" else 5
        parts.append(f'<path class="whisker dashed" d="M{x:.1f} {_TOP}V{_y(0):.1f}"/>')
        parts.append(
            f'<text class="value" x="{x + shift:.1f}" y="{_TOP + 11 + 15 * row}" text-anchor="{side}">{escape(name)} '
            f"{value:.3g}</text>"
        )
    parts.append(f'<text class="muted" x="{WIDTH / 2}" y="{HEIGHT - 6}" text-anchor="middle">{escape(across)}</text>')
    return _svg(title, WIDTH, HEIGHT, parts)


def _axes(across: str, up: str) -> Iterator[str]:
    """A unit square with a line every quarter and both axes named."""
    for tick in range(5):
        at = tick / 4
        yield f'<path class="grid" d="M{_x(0)} {_y(at):.1f}H{_x(1)}M{_x(at):.1f} {_y(0)}V{_y(1)}"/>'
        yield f'<text class="muted" x="{_x(at):.1f}" y="{_y(0) + 15:.1f}" text-anchor="middle">{at:g}</text>'
        yield f'<text class="muted" x="{_LEFT - 7}" y="{_y(at) + 4:.1f}" text-anchor="end">{at:g}</text>'
    yield f'<text class="muted" x="{WIDTH / 2}" y="{HEIGHT - 6}" text-anchor="middle">{escape(across)}</text>'
    middle = HEIGHT / 2 - 10
    yield (
        f'<text class="muted" transform="rotate(-90 11 {middle})" x="11" y="{middle}" text-anchor="middle">'
        f"{escape(up)}</text>"
    )


def _grid_line(x: float, top: float, bottom: float, label: str) -> str:
    return (
        f'<path class="grid" d="M{x:.1f} {top}V{bottom}"/>'
        f'<text class="muted" x="{x:.1f}" y="{bottom + 15}" text-anchor="middle">{label}</text>'
    )


def _x(value: float) -> float:
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * value


def _y(value: float) -> float:
    return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * value


def _svg(title: str, width: float, height: float, parts: Sequence[str]) -> str:
    inside = "".join(parts)
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">{inside}</svg>'
