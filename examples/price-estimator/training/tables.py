"""Tables in markdown, as the formatter of the repository writes them."""


def errors_table(results):
    """One line per model: errors on the held-out houses, cross-validated error, share within the range."""
    head = ["model", "MAE, CAD", "MAPE", "R²", "MAE, 10 folds", "within low and high"]
    rows = [
        [
            "{name}: {summary}".format(**result),
            "{:,.0f}".format(result["mae"]),
            "{:.1%}".format(result["mape"]).replace("%", " %"),
            "{:.2f}".format(result["r2"]),
            "{:,.0f}".format(result["folds"]),
            "{:.0%}".format(result["within"]).replace("%", " %") if "within" in result else "",
        ]
        for result in results
    ]
    widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]

    def line(cells):
        padded = [cells[0].ljust(widths[0])]
        padded += [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:])]
        return "| %s |" % " | ".join(padded)

    return "\n".join(line(cells) for cells in [head, rule, *rows])


def put_between_marks(page, name, text):
    """Replaces what stands between <!-- name --> and <!-- /name -->."""
    start, end = "<!-- %s -->" % name, "<!-- /%s -->" % name
    before, rest = page.split(start)
    _, after = rest.split(end)
    return "%s%s\n\n%s\n\n%s%s" % (before, start, text, end, after)
