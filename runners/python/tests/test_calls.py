import json
import threading
import unittest

from tests.running_node import RunningNode

ECHO = "def handler(ctx, data):\n    return {'got': data, 'id': ctx.get_request_id()}\n"


class CallsTest(unittest.TestCase):
    def test_plain_function(self):
        with RunningNode(ECHO) as node:
            status, body = node.ready().call({"a": 1, "big": 2 ** 63}, {"X-Request-Id": "r-1"})
            self.assertEqual((status, body), (200, {"got": {"a": 1, "big": 2 ** 63}, "id": "r-1"}))

    def test_coroutines_and_state_of_init(self):
        source = (
            "import asyncio\n"
            "async def init(ctx):\n    await asyncio.sleep(0)\n    ctx.set('greeting', 'Hello')\n"
            "async def handler(ctx, data):\n    await asyncio.sleep(0)\n"
            "    return {'greeting': ctx.get_value('greeting') + ' ' + data['name']}\n"
        )
        with RunningNode(source) as node:
            self.assertEqual(node.ready().call({"name": "X"}), (200, {"greeting": "Hello X"}))

    def test_a_plain_handler_may_return_a_coroutine(self):
        source = "async def work(data):\n    return data\ndef handler(ctx, data):\n    return work(data)\n"
        with RunningNode(source) as node:
            self.assertEqual(node.ready().call({"a": 1}), (200, {"a": 1}))

    def test_plain_functions_run_at_the_same_time(self):
        source = (
            "import threading\n"
            "both = threading.Barrier(2, timeout=10)\n"
            "def handler(ctx, data):\n    both.wait()\n    return {'id': ctx.get_request_id()}\n"
        )
        with RunningNode(source) as node:
            node.ready()
            answers = {}

            def call(name):
                answers[name] = node.call({}, {"x-request-id": name})

            callers = [threading.Thread(target=call, args=(name,)) for name in ("one", "two")]
            for caller in callers:
                caller.start()
            for caller in callers:
                caller.join()
            self.assertEqual(answers, {"one": (200, {"id": "one"}), "two": (200, {"id": "two"})})

    def test_an_exception_is_named_and_its_traceback_logged(self):
        with RunningNode("def handler(ctx, data):\n    return {'a': data['amount']}\n") as node:
            status, body = node.ready().call({}, {"x-request-id": "r-2"})
            self.assertEqual((status, body), (500, {"error": {"type": "KeyError", "message": "'amount'"}}))
            line = json.loads(node.wait_for_line(lambda text: "the handler failed" in text))
            self.assertEqual((line["level"], line["logger"], line["requestId"]), ("error", "krt-runner", "r-2"))
            self.assertIn("Traceback", line["message"])

    def test_a_result_that_is_no_dict(self):
        with RunningNode("def handler(ctx, data):\n    return [1]\n") as node:
            status, body = node.ready().call({})
            self.assertEqual(status, 500)
            self.assertEqual(body["error"]["message"], "the handler must return a dict, it returned 'list'")

    def test_results_of_all_kinds(self):
        source = (
            "class Array:\n    def tolist(self):\n        return [1.5]\n"
            "def handler(ctx, data):\n"
            "    return {'b': b'hi', 'n': float('nan'), 'i': float('-inf'), 'a': Array(), 'u': '\\u00fc'}\n"
        )
        with RunningNode(source) as node:
            self.assertEqual(
                node.ready().call({}), (200, {"b": "aGk=", "n": "NaN", "i": "-Infinity", "a": [1.5], "u": "\u00fc"})
            )

    def test_a_result_without_json_form(self):
        with RunningNode("def handler(ctx, data):\n    return {'a': object()}\n") as node:
            status, body = node.ready().call({})
            self.assertEqual((status, body["error"]["message"]), (500, "a value of type 'object' has no JSON form"))

    def test_too_many_calls(self):
        source = (
            "import threading\nnever = threading.Event()\n"
            "def handler(ctx, data):\n    print('in', flush=True)\n    never.wait()\n"
        )
        with RunningNode(source, KRT_MAX_CALLS="1") as node:
            connection = node.ready().connect()
            connection.request("POST", "/", "{}")
            node.wait_for_line(lambda text: text == "in")
            status, body = node.call({})
            self.assertEqual((status, body["error"]["type"]), (503, "Overloaded"))
            connection.close()


class ContextTest(unittest.TestCase):
    def test_records(self):
        source = (
            "async def handler(ctx, data):\n"
            "    await ctx.prediction.save(predicted_value='a', true_value='b', date='2020-04-06T09:02:09.277853Z')\n"
            "    await ctx.prediction.save(error=ctx.prediction.ERR_MISSING_VALUES)\n"
            "    ctx.measurement.save('m', {'f': 1.5}, {'t': 'x'}, time=5, precision='s')\n"
            "    await ctx.measurement.save('m', {'f': object()}, {})\n"
            "    await ctx.db.save('c', {'k': 1, 'v': 'one'})\n"
            "    await ctx.db.save('c', {'k': 2, 'v': 'two'})\n"
            "    return {'found': await ctx.db.find('c', {'k': 2}), 'none': await ctx.db.find('d', {})}\n"
        )
        with RunningNode(source) as node:
            status, body = node.ready().call({}, {"x-request-id": "r"})
            self.assertEqual((status, body), (200, {"found": [{"k": 2, "v": "two"}], "none": []}))
            node.wait_for_line(lambda text: '"two"' in text)
            records = [json.loads(line) for name, line in node.lines if name == "out" and '"record"' in line]
            self.assertEqual(
                [record["record"] for record in records],
                ["prediction", "prediction", "measurement", "document", "document"],
            )
            first = records[0]
            self.assertEqual(
                [first[key] for key in ("predictedValue", "trueValue", "date", "error", "node", "requestId")],
                ["a", "b", "2020-04-06T09:02:09.277853Z", "", "node-a", "r"],
            )
            self.assertEqual(records[1]["error"], "missing_values")
            self.assertEqual((records[2]["at"], records[2]["precision"]), (5, "s"))
            node.wait_for_line(lambda text: "a measurement was not saved" in text)

    def test_paths_stay_in_the_package(self):
        source = (
            "def init(ctx):\n    ctx.set('text', open(ctx.path('models/m.txt')).read())\n"
            "def handler(ctx, data):\n    return {'text': ctx.get('text'), 'p': ctx.get_path(data['p'])}\n"
        )
        with RunningNode(source, {"models/m.txt": "weights"}) as node:
            self.assertEqual(
                node.ready().call({"p": "models"}), (200, {"text": "weights", "p": node.package + "/models"})
            )
            for outside in ("../x", "/etc/passwd", "models/../../x"):
                status, body = node.call({"p": outside})
                self.assertEqual((status, body["error"]["type"]), (500, "ValueError"))

    def test_logs_and_prints(self):
        source = (
            "import logging\n"
            "def handler(ctx, data):\n    print('plain')\n    ctx.logger.warning('careful %d', 1)\n"
            "    logging.getLogger('lib').info('from a library')\n    return {}\n"
        )
        with RunningNode(source) as node:
            node.ready().call({}, {"x-request-id": "r"})
            node.wait_for_line(lambda text: text == "plain")
            line = json.loads(node.wait_for_line(lambda text: "careful 1" in text))
            self.assertEqual(
                (line["level"], line["message"], line["logger"], line["requestId"]),
                ("warn", "careful 1", "node-a", "r"),
            )
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            node.wait_for_line(lambda text: "from a library" in text)
