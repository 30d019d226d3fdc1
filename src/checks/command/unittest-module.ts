/**
 * The module for Python. unittest can write no report, and its totals are text for people. Its runner is watched instead:
 * a case is one test method, with the worst of what was reported for it and for its subtests.
 */
export const unittestModule = String.raw`"""Written by calm for one run: lets unittest leave a JUnit report of what it ran."""
import os
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec

VARIABLE = "CALM_UNITTEST_REPORT"
RANKS = {"passed": 1, "skipped": 2, "failure": 3, "error": 4}


class Case:
    def __init__(self, test):
        self.id = test.id()
        self.kind = None
        self.texts = []

    def add(self, kind, text=""):
        if self.kind is None or RANKS[kind] > RANKS[self.kind]:
            self.kind = kind
        if text:
            self.texts.append(text)

    def element(self):
        from xml.sax.saxutils import escape, quoteattr

        group, _, name = self.id.rpartition(".")
        if "(" in self.id:  # setUpClass (module.Class)
            group, name = "", self.id
        kind = self.kind or "error"
        text = plain("\n".join(self.texts) or ("" if self.kind else "the test ended without an outcome"))
        start = "<testcase classname=%s name=%s" % (quoteattr(plain(group)), quoteattr(plain(name)))
        if kind == "passed":
            return start + "/>"
        message = quoteattr((text.strip().splitlines() or [""])[-1])
        return "%s><%s message=%s>%s</%s></testcase>" % (start, kind, message, escape(text), kind)


def plain(text):
    import re

    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "?", text[:20000])


class Recorder:
    def __init__(self):
        self.cases = []
        self.running = {}

    def case_of(self, test):
        owner = owner_of(test)
        case = self.running.get(id(owner))
        if case is None:  # a class or module that could not be set up
            case = Case(owner)
            self.cases.append(case)
        return case

    def started(self, test):
        self.running[id(test)] = Case(test)
        self.cases.append(self.running[id(test)])

    def stopped(self, test):
        self.running.pop(id(test), None)

    def wrong(self, kind, test, err):
        import traceback

        text = "".join(traceback.format_exception(*err))
        self.case_of(test).add(kind, text if owner_of(test) is test else "%s\n%s" % (test, text))

    def subtest(self, test, subtest, err):
        if err is not None:
            failed = issubclass(err[0], test.failureException)
            self.wrong("failure" if failed else "error", subtest, err)

    def watch(self, result):
        unexpected = "it passed, although it is marked as an expected failure"
        told = {
            "startTest": self.started,
            "stopTest": self.stopped,
            "addSuccess": lambda test: self.case_of(test).add("passed"),
            "addError": lambda test, err: self.wrong("error", test, err),
            "addFailure": lambda test, err: self.wrong("failure", test, err),
            "addSkip": lambda test, reason: self.case_of(test).add("skipped", str(reason)),
            "addExpectedFailure": lambda test, err: self.case_of(test).add("passed"),
            "addUnexpectedSuccess": lambda test: self.case_of(test).add("failure", unexpected),
            "addSubTest": self.subtest,
        }
        for name, tell in told.items():
            own = getattr(result, name, None)
            if own is not None:
                setattr(result, name, both(tell, own))
        return result

    def write(self, path):
        suite = "<testsuite name=\"unittest\">%s</testsuite>" % "".join(case.element() for case in self.cases)
        end = "</testsuites>"
        text = "<?xml version=\"1.0\" encoding=\"utf-8\"?><testsuites>" + end
        if os.path.exists(path):  # of an earlier run of the same command
            with open(path, encoding="utf-8") as file:
                text = file.read()
        with open(path + ".part", "w", encoding="utf-8") as file:
            file.write(text[: -len(end)] + suite + end)
        os.replace(path + ".part", path)


def owner_of(test):
    """The test itself, also of a subtest."""
    return getattr(test, "test_case", test)


def both(tell, own):
    def method(*args, **named):
        tell(*args, **named)
        return own(*args, **named)

    return method


def watch_runner(module):
    run = module.TextTestRunner.run

    def watched(self, test):
        # Neither a runner that a test starts nor another process is the run that was asked for.
        path = os.environ.pop(VARIABLE, None)
        if path is None:
            return run(self, test)
        recorder = Recorder()
        make = self._makeResult
        self._makeResult = lambda: recorder.watch(make())
        try:
            return run(self, test)
        finally:
            del self._makeResult
            recorder.write(path)
            os.environ[VARIABLE] = path

    module.TextTestRunner.run = watched


class Finder:
    def find_spec(self, name, path=None, target=None):
        if name != "unittest.runner":
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            watch_runner(module)

        spec.loader.exec_module = exec_module
        return spec


def load_own():
    """The environment's own sitecustomize, which this file hides."""
    here = os.path.dirname(os.path.abspath(__file__))
    others = [entry for entry in sys.path if os.path.abspath(entry) != here]
    spec = PathFinder.find_spec("sitecustomize", others)
    if spec is None or spec.loader is None:
        return
    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


if VARIABLE in os.environ:
    loaded = sys.modules.get("unittest.runner")
    if loaded is None:
        sys.meta_path.insert(0, Finder())
    else:
        watch_runner(loaded)
load_own()
`;
