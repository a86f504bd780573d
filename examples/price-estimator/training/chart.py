"""A scatter chart as SVG: what houses sold for, and what the model said."""

SIZE, LEFT, TOP, PLOT = 520, 64, 44, 420
MOST = 200_000
STEP = 50_000


def draw_chart(points, model):
    """`points`: (sold for, estimated) in Canadian dollars."""

    def x(value):
        return LEFT + min(value, MOST) / MOST * PLOT

    def y(value):
        return TOP + PLOT - min(max(value, 0), MOST) / MOST * PLOT

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" height="{SIZE}"'
        ' font-family="system-ui, sans-serif" font-size="12" fill="#444" role="img">',
        f"<title>{model}: estimated and real prices of {len(points)} held-out houses</title>",
        f'<rect width="{SIZE}" height="{SIZE}" fill="#fff"/>',
        f'<text x="{LEFT}" y="26" font-size="14" fill="#111">{model}: {len(points)} houses it never saw</text>',
    ]
    for value in range(0, MOST + 1, STEP):
        label = f"{value // 1000}k" if value else "0"
        lines += [
            f'<path d="M{LEFT} {y(value):.1f}h{PLOT}M{x(value):.1f} {TOP}v{PLOT}" stroke="#e4e4e4"/>',
            f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{label}</text>',
            f'<text x="{x(value):.1f}" y="{TOP + PLOT + 18}" text-anchor="middle">{label}</text>',
        ]
    lines += [
        f'<path d="M{LEFT} {TOP + PLOT}L{LEFT + PLOT} {TOP}" stroke="#888" stroke-dasharray="4 4"/>',
        f'<text x="{LEFT + PLOT / 2:.0f}" y="{SIZE - 18}" text-anchor="middle">sold for, CAD</text>',
        f'<text transform="translate(18 {TOP + PLOT / 2:.0f}) rotate(-90)" text-anchor="middle">estimated, CAD</text>',
        '<g fill="#1f5493" fill-opacity="0.55">',
    ]
    lines += [f'<circle cx="{x(real):.1f}" cy="{y(said):.1f}" r="4"/>' for real, said in points]
    return "\n".join([*lines, "</g>", "</svg>"]) + "\n"
