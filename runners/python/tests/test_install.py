import glob
import os
import subprocess
import sys
import time

from tests.installing import Installing
from tests.running_node import PATIENCE, RunningNode
from tests.wheels import write_sdist, write_wheel

ECHO = "import greeting\ndef handler(ctx, data):\n    return {'text': greeting.TEXT}\n"


class InstallTest(Installing):
    def test_a_node_imports_what_was_installed(self):
        write_wheel(self.wheels, "welcome", "2.0", "from greeting import TEXT\n", ["greeting>=1"])
        self.require("# libraries\nwelcome==2.0  # the newest\n")
        self.assert_installs()
        with RunningNode("import welcome\n" + ECHO, KRT_REQUIREMENTS_DIR=self.volume) as node:
            self.assertEqual(node.ready().call({}), (200, {"text": "hello"}))

    def test_requirements_beside_the_module_count_too(self):
        write_wheel(self.wheels, "welcome", "2.0", "")
        self.require("greeting==1.0\n")
        self.require("welcome==2.0\n", "src/requirements.txt")
        self.require("not-there==1\n", "other/requirements.txt")
        self.assert_installs()
        self.assertLessEqual({"greeting.py", "welcome.py"}, set(os.listdir(self.libraries)))

    def test_nothing_to_install(self):
        for text in (None, "", "\n# nothing\n  \n", "\ufeff--require-hashes\n--only-binary :all:\n"):
            with self.subTest(text=text):
                if text is not None:
                    self.require(text)
                begun = time.monotonic()
                # Where pip is needed it would not be found.
                messages = self.assert_installs(KRT_PIP="/nowhere")
                self.assertEqual(messages, ["the package has no requirements"])
                self.assertLess(time.monotonic() - begun, PATIENCE)

    def test_again(self):
        self.require("greeting==1.0\n")
        self.assert_installs()
        self.assertEqual(self.assert_installs(KRT_PIP="/nowhere"), ["the requirements are installed already"])

    def test_other_requirements_replace_what_is_there(self):
        write_wheel(self.wheels, "greeting", "1.1", "TEXT = 'hi'\n")
        for version in ("1.0", "1.1"):
            self.require("greeting==%s\n" % version)
            self.assert_installs()
            self.assertEqual(len(glob.glob(self.libraries + "/greeting-%s.dist-info" % version)), 1)
        self.require("")
        self.assert_installs()
        self.assertFalse(os.path.exists(self.libraries))

    def test_hashes(self):
        self.require("greeting==1.0 \\\n    --hash=sha256:%s \\\n    --hash=sha256:%s\n" % ("0" * 64, self.hash))
        self.assert_installs()

    def test_a_wrong_hash(self):
        self.require("greeting==1.0 --hash=sha256:%s\n" % ("0" * 64))
        self.assert_refused("greeting==1.0", "another hash", "expected sha256:" + "0" * 64, "got " + self.hash)

    def test_where_one_has_a_hash_all_must(self):
        write_wheel(self.wheels, "welcome", "2.0", "")
        self.require("greeting==1.0 --hash=sha256:%s\nwelcome==2.0\n" % self.hash)
        self.assert_refused("all must have one", "welcome==2.0")
        self.require("greeting==1.0\n--require-hashes\n")
        self.assert_refused("all must have one", "greeting==1.0")
        self.require("greeting --hash=sha256:%s\n" % self.hash)
        self.assert_refused("pinned with ==", "greeting")

    def test_nothing_is_built_from_source(self):
        trace = write_sdist(self.wheels, "sourceonly", "1.0")
        self.require("sourceonly==1.0\n")
        self.assert_refused("no wheel of sourceonly==1.0", "Python %d.%d" % sys.version_info[:2])
        self.assertFalse(os.path.exists(trace))

    def test_a_python_without_pip(self):
        bare = os.path.join(self.folder, "bare")
        subprocess.check_call([sys.executable, "-m", "venv", "--without-pip", bare])
        self.python = os.path.join(bare, "bin", "python3")
        self.require("greeting==1.0\n")
        self.assert_refused(self.python, "has no pip", "ensurepip", KRT_PIP="")

    def test_a_refusal_reaches_the_termination_log(self):
        self.require("greeting==1.0\n--index-url https://user:secret@evil.example/simple\n")
        reason = self.assert_refused("requirements.txt, line 2", "--index-url", KRT_PIP="/nowhere")
        self.assertNotIn("secret", reason)

    def test_variables_of_pip_that_would_undo_the_rules_do_not_reach_it(self):
        write_sdist(self.wheels, "sourceonly", "1.0")
        self.require("sourceonly==1.0\n")
        self.assert_refused("no wheel", PIP_NO_BINARY=":all:", PIP_TARGET="/nowhere", PIP_REQUIREMENT="/nowhere")

    def test_settings(self):
        self.require("greeting==1.0\n")
        self.assert_refused("KRT_REQUIREMENTS_DIR", KRT_REQUIREMENTS_DIR="")
        self.assert_refused("KRT_REQUIREMENTS_TIMEOUT_SECONDS", KRT_REQUIREMENTS_TIMEOUT_SECONDS="soon")
