"""etl: checks the house of the caller and turns it into the numbers the model weighs."""
from pricing import COUNTS, FLAGS, load_model, to_features


def init(ctx):
    inputs = load_model(ctx.path("models/price.json"))["inputs"]
    ctx.set("inputs", inputs)
    ctx.logger.info("knows houses with lots of %(least)d to %(most)d square feet" % inputs["lotsize"])


def handler(ctx, data):
    house = {}
    assumed = []
    for name in COUNTS:
        limits = ctx.get("inputs")[name]
        value = whole_number(name, data.get(name, 0))
        # What a caller does not set arrives as 0, which no lot and no storey can be.
        if value == 0 and limits["least"] > 0:
            value = limits["typical"]
            assumed.append(name)
        house[name] = within(name, value, limits)
    for name in FLAGS:
        house[name] = yes_or_no(name, data.get(name, False))
    if assumed:
        ctx.logger.warning("not given, so taken from the typical house: %s" % ", ".join(assumed))
    ctx.logger.info("house: %s" % ", ".join("%s %s" % (name, house[name]) for name in COUNTS))
    return {"features": to_features(house), "assumed": assumed}


def whole_number(name, value):
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("%s must be a whole number, it is %r" % (name, value))
    return value


def within(name, value, limits):
    if not limits["least"] <= value <= limits["most"]:
        raise ValueError(
            "%s must be between %d and %d, it is %d: the model knows no other houses"
            % (name, limits["least"], limits["most"], value)
        )
    return value


def yes_or_no(name, value):
    if not isinstance(value, bool):
        raise ValueError("%s must be true or false, it is %r" % (name, value))
    return value
