"""Ordinary least squares by the normal equations, on standardised columns so that they are well conditioned."""


def fit(rows, targets):
    """(intercept, weights) of the plane with the least squared error."""
    count = len(rows)
    columns = list(zip(*rows))
    means = [sum(column) / count for column in columns]
    spreads = [
        (sum((value - mean) ** 2 for value in column) / count) ** 0.5
        for column, mean in zip(columns, means)
    ]
    scaled = [
        [(value - mean) / spread for value in column]
        for column, mean, spread in zip(columns, means, spreads)
    ]
    target_mean = sum(targets) / count
    gram = [[dot(one, other) for other in scaled] for one in scaled]
    moments = [dot(column, [target - target_mean for target in targets]) for column in scaled]
    weights = [weight / spread for weight, spread in zip(solve(gram, moments), spreads)]
    return target_mean - dot(weights, means), weights


def dot(one, other):
    return sum(a * b for a, b in zip(one, other))


def solve(matrix, right):
    """Gaussian elimination with partial pivoting."""
    size = len(right)
    rows = [list(row) + [value] for row, value in zip(matrix, right)]
    for at in range(size):
        pivot = max(range(at, size), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        for below in range(at + 1, size):
            factor = rows[below][at] / rows[at][at]
            rows[below] = [x - factor * y for x, y in zip(rows[below], rows[at])]
    solution = [0.0] * size
    for at in reversed(range(size)):
        known = dot(rows[at][at + 1 : size], solution[at + 1 :])
        solution[at] = (rows[at][size] - known) / rows[at][at]
    return solution
