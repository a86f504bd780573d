"""model: estimates the price in Canadian dollars of 1987."""
from pricing import estimate, load_model


def init(ctx):
    model = load_model(ctx.path("models/price.json"))
    ctx.set("model", model)
    ctx.logger.info(
        "loaded %s, %s, trained on %d houses" % (model["name"], model["summary"], model["trainedOn"])
    )


async def handler(ctx, data):
    model = ctx.get("model")
    price, low, high = estimate(model, data["features"])
    ctx.logger.info("estimated %.0f CAD, between %.0f and %.0f" % (price, low, high))
    await ctx.prediction.save(
        predicted_value="%.0f" % price,
        extra={"model": model["name"], "currency": "CAD", "assumed": data["assumed"]},
    )
    return {
        "price": price,
        "low": low,
        "high": high,
        "model": "%s: %s" % (model["name"], model["summary"]),
        "assumed": data["assumed"],
    }
