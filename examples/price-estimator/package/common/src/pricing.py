"""The model itself, which training and serving share. Needs only the standard library."""
import json
import math

#: Properties of a house that are numbers.
COUNTS = ("lotsize", "bedrooms", "bathrms", "stories", "garagepl")
#: Properties a house has or has not.
FLAGS = ("driveway", "recroom", "fullbase", "gashw", "airco", "prefarea")


def load_model(path):
    """Reads models/price.json."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def to_features(house):
    """Numbers a model can weigh, by name, from a house with all its COUNTS and FLAGS."""
    features = {name: float(house[name]) for name in COUNTS}
    features.update({name: 1.0 if house[name] else 0.0 for name in FLAGS})
    features["log_lotsize"] = math.log(house["lotsize"])
    return features


def score(model, features):
    """The weighted sum, on the scale of the model: dollars, or their logarithm."""
    return model["intercept"] + sum(
        weight * features[name] for name, weight in model["weights"].items()
    )


def to_dollars(model, value):
    """From the scale of the model to Canadian dollars."""
    return math.exp(value) if model["scale"] == "log" else value


def estimate(model, features):
    """Price, low and high in Canadian dollars; four of five houses sold between low and high."""
    value = score(model, features)
    spread = model["residuals"]
    low = to_dollars(model, value + spread["p10"])
    high = to_dollars(model, value + spread["p90"])
    return to_dollars(model, value), max(low, 0.0), high
