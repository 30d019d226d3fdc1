import { execFileSync } from "node:child_process";
import { env } from "node:process";
import { expect, test } from "vitest";
import { runTests } from "./check-run.fixture.ts";

function hasPython(): boolean {
  try {
    execFileSync("python3", ["-c", "import unittest"], { stdio: "ignore" });
    return true;
  } catch {
    return false; // then there is nothing to run
  }
}

const own = { env: { PATH: env["PATH"], HOME: env["HOME"] } };

function unittest(body: string, line = "python3 -m unittest", more: Record<string, string> = {}) {
  return runTests(line, { "test_it.py": `import unittest\n${body}`, ...more }, {}, own);
}

const everyKind = `
class Kinds(unittest.TestCase):
    def test_passes(self): pass
    def test_fails(self): self.assertEqual(1, 2, "one & two <are> not\\x00 equal")
    def test_breaks(self): raise ValueError("broken")
    @unittest.skip("later")
    def test_skipped(self): pass
    @unittest.expectedFailure
    def test_expected(self): self.fail()
    @unittest.expectedFailure
    def test_unexpected(self): pass
    def test_subtests(self):
        for number in range(3):
            with self.subTest(number=number): self.assertNotEqual(number, 1)
    def test_good_subtests(self):
        for number in range(3):
            with self.subTest(number=number): pass
    def test_exit(self): raise SystemExit(0)

class Unready(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise RuntimeError("no database")
    def test_never(self): pass
`;

test.skipIf(!hasPython())("unittest's cases are counted by what was reported for each", async () => {
  const broken = { "test_import.py": "import none_such_module\n" };
  const evidence = await unittest(everyKind, "python3 -m unittest", broken);
  expect(evidence).toMatchObject({
    verdict: "fail",
    exitCode: 1,
    counts: { total: 11, passed: 3, failed: 3, errors: 4, skipped: 1 },
  });
  const messages = new Map(evidence.failedTests.map(({ name, message }) => [name, message]));
  expect(messages.get("test_it.Kinds test_fails")).toContain("one & two <are> not? equal");
  expect(messages.get("test_it.Kinds test_subtests")).toContain("number=1");
  expect(messages.get("setUpClass (test_it.Unready)")).toContain("no database");
  expect([...messages.values()].join()).toContain("none_such_module");
  expect(evidence.argv).toEqual(["sh", "-c", "python3 -m unittest"]);
});

const passing = "class A(unittest.TestCase):\n    def test_one(self): pass\n";

test.skipIf(!hasPython())("two runs of one command are counted together", async () => {
  const line = "python3 -m unittest discover -s . -q && python3 -m unittest -v test_it.A.test_one";
  expect(await unittest(passing, line)).toMatchObject({ verdict: "pass", counts: { total: 2, passed: 2 } });
});

test.skipIf(!hasPython())("runs that tests start themselves are not the project's", async () => {
  const inner = `${passing}
class Outer(unittest.TestCase):
    def test_inner(self):
        import io, subprocess, sys
        class Bad(unittest.TestCase):
            def test_bad(self): self.fail()
        suite = unittest.defaultTestLoader.loadTestsFromTestCase(Bad)
        unittest.TextTestRunner(stream=io.StringIO()).run(suite)
        subprocess.run([sys.executable, "-m", "unittest", "test_it.A"], check=True, capture_output=True)
`;
  expect(await unittest(inner)).toMatchObject({ verdict: "pass", counts: { total: 2, passed: 2 } });
});

test.skipIf(!hasPython())("the environment's own sitecustomize is loaded all the same", async () => {
  const body = `import os\nclass A(unittest.TestCase):
    def test_site(self): self.assertEqual(os.environ.get("SITE"), "own")\n`;
  const files = { "site/sitecustomize.py": 'import os\nos.environ["SITE"] = "own"\n' };
  const evidence = await runTests(
    "python3 -m unittest",
    { "test_it.py": `import unittest\n${body}`, ...files },
    { env: { PYTHONPATH: "site" } },
    own,
  );
  expect(evidence).toMatchObject({ verdict: "pass", counts: { passed: 1 } });
});

test.skipIf(!hasPython())("no test, or an end in the middle, is no pass", async () => {
  expect(await unittest("")).toMatchObject({ verdict: "fail", counts: { total: 0 } });
  const killed = await unittest("import os\nclass A(unittest.TestCase):\n    def test(self): os._exit(0)\n");
  expect(killed).toMatchObject({ verdict: "fail", exitCode: 0, counts: null });
  expect(killed.message).toMatch(/was not written/);
});
