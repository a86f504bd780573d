#!/usr/bin/env python3
"""Trains both models on data/housing.csv and measures them on houses they never saw.

    python3 train.py           writes models, charts and the tables of errors
    python3 train.py --check   does it again and compares with what is committed

Needs only the standard library, so that anyone gets the same numbers.
"""
import csv
import hashlib
import json
import math
import sys
from pathlib import Path

from training.chart import draw_chart
from training.least_squares import fit
from training.tables import errors_table, put_between_marks

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "package/common/src"))

from pricing import COUNTS, FLAGS, estimate, score, to_dollars, to_features  # noqa: E402

SEED = "windsor"
#: Houses held out: a fifth.
HELD_OUT = 109
FOLDS = 10

#: What is decided by hand; everything else is derived from the data.
MODELS = [
    {
        "name": "price-v1",
        "summary": "linear in lot, bedrooms, bathrooms and storeys",
        "scale": "dollars",
        "features": ["lotsize", "bedrooms", "bathrms", "stories"],
    },
    {
        "name": "price-v2",
        "summary": "log-linear in everything known of the house",
        "scale": "log",
        "features": ["log_lotsize", "bedrooms", "bathrms", "stories", "garagepl", *FLAGS],
    },
]


def read_houses():
    """Houses as dicts with COUNTS, FLAGS and price, in the order of the file."""
    with open(HERE / "data/housing.csv", newline="", encoding="utf-8") as file:
        return [
            {
                "price": float(row["price"]),
                **{name: int(row[name]) for name in COUNTS},
                **{name: row[name] == "yes" for name in FLAGS},
            }
            for row in csv.DictReader(file)
        ]


def split(houses):
    """(training, held out): by a hash of the row's number, so the same in every language and version."""
    order = sorted(
        range(len(houses)),
        key=lambda row: hashlib.sha256(f"{SEED}:{row}".encode()).hexdigest(),
    )
    held_out, training = order[:HELD_OUT], order[HELD_OUT:]
    return [houses[row] for row in training], [houses[row] for row in held_out]


def train_weights(recipe, houses):
    rows = [to_features(house) for house in houses]
    targets = [
        math.log(house["price"]) if recipe["scale"] == "log" else house["price"] for house in houses
    ]
    intercept, weights = fit([[row[name] for name in recipe["features"]] for row in rows], targets)
    return {
        "scale": recipe["scale"],
        "intercept": intercept,
        "weights": dict(zip(recipe["features"], weights)),
    }


def out_of_fold(recipe, houses):
    """(house, value) for every house, each by a model that was trained without it."""
    results = []
    for fold in range(FOLDS):
        others = [house for row, house in enumerate(houses) if row % FOLDS != fold]
        model = train_weights(recipe, others)
        results += [
            (house, score(model, to_features(house)))
            for row, house in enumerate(houses)
            if row % FOLDS == fold
        ]
    return results


def quantile(values, share):
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (at - below) * (ordered[above] - ordered[below])


def train(recipe, training, houses):
    """The model as it is written to models/price.json."""
    model = train_weights(recipe, training)
    # Residuals of a model on its own training houses would promise too narrow a range.
    residuals = [
        (math.log(house["price"]) if recipe["scale"] == "log" else house["price"]) - value
        for house, value in out_of_fold(recipe, training)
    ]
    return {
        "name": recipe["name"],
        "summary": recipe["summary"],
        "trainedOn": len(training),
        "scale": recipe["scale"],
        "intercept": digits(model["intercept"]),
        "weights": {name: digits(weight) for name, weight in model["weights"].items()},
        "residuals": {
            "p10": digits(quantile(residuals, 0.1)),
            "p90": digits(quantile(residuals, 0.9)),
        },
        "inputs": {name: limits(name, training, houses) for name in COUNTS},
    }


def digits(value):
    """Eight significant digits: more would differ between machines."""
    return float(f"{value:.8g}")


def limits(name, training, houses):
    values = [house[name] for house in houses]
    typical = sorted(house[name] for house in training)[len(training) // 2]
    return {"least": min(values), "most": max(values), "typical": typical}


def measure(prices, houses):
    truths = [house["price"] for house in houses]
    errors = [abs(price - truth) for price, truth in zip(prices, truths)]
    mean = sum(truths) / len(truths)
    return {
        "mae": sum(errors) / len(errors),
        "mape": sum(error / truth for error, truth in zip(errors, truths)) / len(errors),
        "r2": 1 - sum(error**2 for error in errors) / sum((truth - mean) ** 2 for truth in truths),
    }


def measure_model(recipe, model, held_out, houses):
    estimates = [estimate(model, to_features(house)) for house in held_out]
    folds = out_of_fold(recipe, houses)
    within = sum(low <= house["price"] <= high for (_, low, high), house in zip(estimates, held_out))
    return {
        "name": model["name"],
        "summary": model["summary"],
        **measure([price for price, _, _ in estimates], held_out),
        "folds": measure(
            [to_dollars(model, value) for _, value in folds], [house for house, _ in folds]
        )["mae"],
        "within": within / len(held_out),
    }


def measure_baseline(training, held_out, houses):
    median = quantile([house["price"] for house in training], 0.5)
    everywhere = quantile([house["price"] for house in houses], 0.5)
    return {
        "name": "baseline",
        "summary": "the median price, whatever the house",
        **measure([median] * len(held_out), held_out),
        "folds": measure([everywhere] * len(houses), houses)["mae"],
    }


def outputs():
    """Every file that training writes, with its text."""
    houses = read_houses()
    training, held_out = split(houses)
    files = {}
    results = [measure_baseline(training, held_out, houses)]
    for recipe in MODELS:
        model = train(recipe, training, houses)
        results.append(measure_model(recipe, model, held_out, houses))
        folder = HERE / "package" / model["name"]
        files[folder / "models/price.json"] = json.dumps(model, indent=2) + "\n"
        points = [(house["price"], estimate(model, to_features(house))[0]) for house in held_out]
        files[folder / "docs/held-out.svg"] = draw_chart(points, model["name"])
    for page in [HERE / "README.md", *(HERE / "package" / m["name"] / "docs/README.md" for m in MODELS)]:
        table = errors_table(results)
        files[page] = put_between_marks(page.read_text(encoding="utf-8"), "errors", table)
    return files


def same(path, text):
    """Whether the file says the same; numbers of a model may differ in the last digits between machines."""
    if not path.exists():
        return False
    committed = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return equal(json.loads(committed), json.loads(text))
    return committed == text


def equal(one, other):
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6)
    return one == other


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit("usage: train.py [--check]")
    different = []
    for path, text in outputs().items():
        if check and not same(path, text):
            different.append(str(path.relative_to(HERE)))
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if different:
        sys.exit("not what training gives: " + ", ".join(different))
    print("as committed" if check else "written; pack with: node build.mjs")


if __name__ == "__main__":
    main()
