"""output: gives the price in the currency of the configuration."""
import os

VARIABLE = "OUTPUT_PRICE_CURRENCY"

#: Sign, and Canadian dollars it cost on average in 1987, the year of the prices.
CURRENCIES = {"CAD": ("CA$", 1.0), "USD": ("US$", 1.326)}


def init(ctx):
    currency = os.environ.get(VARIABLE, "").strip().upper()
    if currency not in CURRENCIES:
        raise ValueError(
            "%s is '%s': the prices of 1987 can be given in %s"
            % (VARIABLE, currency, " or ".join(CURRENCIES))
        )
    ctx.set("currency", currency)
    ctx.logger.info("answers in %s" % currency)


def handler(ctx, data):
    currency = ctx.get("currency")
    sign, rate = CURRENCIES[currency]
    price = data["price"] / rate
    text = "{}{:,.0f}".format(sign, to_hundreds(price))
    ctx.logger.info("answered %s" % text)
    return {
        "price": round(price),
        "currency": currency,
        "text": text,
        "low": to_hundreds(data["low"] / rate),
        "high": to_hundreds(data["high"] / rate),
        "model": data["model"],
        "assumed": data["assumed"],
    }


def to_hundreds(amount):
    """More digits would claim what the model does not know."""
    return int(round(amount, -2))
