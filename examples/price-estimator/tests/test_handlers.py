import itertools
import unittest

from .estimating import UNSET, Estimator

VERSIONS = ("price-v1", "price-v2")


class Etl(unittest.TestCase):
    def refusal(self, **house):
        with self.assertRaises(ValueError) as raised:
            Estimator("price-v1").estimate(**house)
        return str(raised.exception)

    def test_refuses_houses_the_model_does_not_know(self):
        self.assertEqual(
            self.refusal(lotsize=120),
            "lotsize must be between 1650 and 16200, it is 120: the model knows no other houses",
        )
        self.assertIn("bedrooms must be between 1 and 6, it is 40", self.refusal(bedrooms=40))
        self.assertIn("garagepl must be between 0 and 3, it is -1", self.refusal(garagepl=-1))

    def test_refuses_what_is_no_number_and_no_truth(self):
        self.assertEqual(self.refusal(lotsize="large"), "lotsize must be a whole number, it is 'large'")
        self.assertEqual(self.refusal(stories=True), "stories must be a whole number, it is True")
        self.assertEqual(self.refusal(driveway="yes"), "driveway must be true or false, it is 'yes'")

    def test_takes_what_is_unset_from_the_typical_house_and_says_so(self):
        answer = Estimator("price-v2").estimate(**UNSET)
        self.assertEqual(answer["assumed"], ["lotsize", "bedrooms", "bathrms", "stories"])
        typical = Estimator("price-v2").estimate(**{**UNSET, "lotsize": 4600, "bedrooms": 3, "bathrms": 1, "stories": 2})
        self.assertEqual(answer["price"], typical["price"])
        self.assertEqual(typical["assumed"], [])


class Model(unittest.TestCase):
    def test_versions_estimate_differently(self):
        one, two = (Estimator(version).estimate() for version in VERSIONS)
        self.assertNotEqual(one["price"], two["price"])
        self.assertTrue(one["model"].startswith("price-v1: "), one["model"])
        self.assertTrue(two["model"].startswith("price-v2: "), two["model"])

    def test_only_v2_sees_what_is_more_than_size(self):
        one, two = (Estimator(version) for version in VERSIONS)
        self.assertEqual(one.estimate(airco=True)["price"], one.estimate()["price"])
        self.assertGreater(two.estimate(airco=True)["price"], two.estimate()["price"])

    def test_every_corner_of_what_it_knows_has_a_price_within_its_range(self):
        for version in VERSIONS:
            estimator = Estimator(version)
            inputs = estimator.context.get("inputs")
            corners = itertools.product(*([limits["least"], limits["most"]] for limits in inputs.values()))
            for corner in corners:
                answer = estimator.estimate(**dict(zip(inputs, corner)))
                self.assertGreater(answer["price"], 0)
                self.assertGreaterEqual(answer["low"], 0)
                self.assertLess(answer["low"], answer["price"])
                self.assertLess(answer["price"], answer["high"])

    def test_saves_each_prediction(self):
        estimator = Estimator("price-v2")
        price = estimator.estimate()["price"]
        self.assertEqual(
            estimator.context.prediction.saved,
            [{"predicted_value": str(price), "extra": {"model": "price-v2", "currency": "CAD", "assumed": []}}],
        )


class Output(unittest.TestCase):
    def test_answers_in_the_configured_currency(self):
        canadian = Estimator("price-v1").estimate()
        american = Estimator("price-v1", currency="usd").estimate()
        self.assertEqual(canadian["currency"], "CAD")
        self.assertRegex(canadian["text"], r"^CA\$\d\d,\d00$")
        self.assertEqual(american["currency"], "USD")
        self.assertEqual(american["price"], round(canadian["price"] / 1.326))
        self.assertTrue(american["text"].startswith("US$"), american["text"])

    def test_does_not_start_with_another_currency(self):
        for currency in ("EUR", "", "dollars"):
            with self.assertRaises(ValueError) as raised:
                Estimator("price-v1", currency=currency)
            self.assertEqual(
                str(raised.exception),
                "OUTPUT_PRICE_CURRENCY is '%s': the prices of 1987 can be given in CAD or USD" % currency.upper(),
            )

    def test_answers_exactly_the_fields_of_the_proto(self):
        self.assertEqual(
            list(Estimator("price-v1").estimate()),
            ["price", "currency", "text", "low", "high", "model", "assumed"],
        )


if __name__ == "__main__":
    unittest.main()
