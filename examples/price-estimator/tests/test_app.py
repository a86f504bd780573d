import subprocess
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent


class App(unittest.TestCase):
    def test_page_of_the_house_seller(self):
        tests = subprocess.run(
            ["node", "--test", str(HERE / "app.test.mjs")],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
        )
        self.assertEqual(tests.returncode, 0, tests.stdout)


if __name__ == "__main__":
    unittest.main()
