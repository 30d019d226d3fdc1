import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { must, putInto, runGate } from "../support/operate.ts";
import { createWorld, type World } from "../support/world.ts";

/** Runs each test/*.sh and reports it; two files with one function do not build, which is exit code 3. */
const runner = `echo run >> "$RUNS"
test -e test/a.sh && test -e test/b.sh && { echo "declared twice" >&2; exit 3; }
code=0
printf '<testsuites>' > report.xml
for one in test/*.sh; do
  test -e "$one" || continue
  if sh "$one"; then printf '<testcase name="%s"/>' "$one" >> report.xml
  else printf '<testcase name="%s"><failure message="red"/></testcase>' "$one" >> report.xml; code=1; fi
done
printf '</testsuites>' >> report.xml
exit $code
`;
const config = `version: 1
checks:
  tests: { run: "sh run.sh", report: { format: junit, path: report.xml } }
  lint: { none: "no linter" }
  types: { none: "no types" }
`;
const files = {
  ".calm/config.yaml": config,
  ".gitignore": "report.xml\n",
  "run.sh": runner,
  "src/value": "wrong\n",
};

async function bug(base: Record<string, string>, fix: Record<string, string | undefined>): Promise<World> {
  const world = createWorld({ ...files, ...base });
  await must(world, "trust --yes");
  await must(world, "task create BUG-1 Value");
  putInto(world, "BUG-1", "INVESTIGATED");
  await must(world, "worktree create BUG-1");
  const tree = world.worktree("BUG-1");
  for (const path of Object.keys(fix).filter((one) => fix[one] === undefined))
    world.git(["rm", "--quiet", path], tree);
  const written = Object.entries(fix).flatMap(([path, text]) => (text === undefined ? [] : [[path, text]]));
  world.commit(
    { "src/value": "right\n", ...(Object.fromEntries(written) as Record<string, string>) },
    "fix",
    tree,
  );
  return world;
}

const runsOf = (world: World) => readFileSync(join(world.folder, "runs"), "utf8").split("\n").length - 1;

async function proof(world: World, passed: boolean, env: Record<string, string> = {}) {
  const own = { RUNS: join(world.folder, "runs"), ...env };
  return (await runGate(world, "gate check BUG-1", passed, { env: own })).checks["regression_test"]?.message;
}

const real = "grep -q right src/value\n";

test("a failure that the merge base has anyway proves nothing; one more does", async () => {
  const world = await bug({ "test/old.sh": real }, { "test/new.sh": "true\n" });
  expect(await proof(world, false)).toBe(
    "No test fails without the fix but those that fail on the merge base anyway: test/old.sh",
  );
  world.commit({ "test/new.sh": real }, "a real test", world.worktree("BUG-1"));
  expect(await proof(world, true)).toBe("test/new.sh fail without the fix, as they must");
});

test("the merge base is run once more for the comparison, unless its tree was seen to pass in a clean room", async () => {
  const world = await bug({ "test/old.sh": "true\n" }, { "test/new.sh": real });
  expect(await proof(world, true)).toContain("fail without the fix");
  // HEAD, its tests without the fix, the merge base.
  expect(runsOf(world)).toBe(3);
  await proof(world, true);
  expect(runsOf(world)).toBe(3);
  await must(world, "task create SPEC-1 Landed");
  putInto(world, "SPEC-1", "VERIFY");
  const env = { RUNS: join(world.folder, "runs") };
  const verified = await runGate(world, "gate check SPEC-1", false, { env });
  expect([verified.checks["tests_full"]?.verdict, runsOf(world)]).toEqual(["pass", 4]);
  world.commit({ "test/new.sh": `: changed\n${real}` }, "again", world.worktree("BUG-1"));
  await proof(world, true);
  expect(runsOf(world)).toBe(6);
});

test("the first tests of a project need no merge base to compare with", async () => {
  const world = await bug({}, { "test/new.sh": real });
  expect(await proof(world, true)).toBe("test/new.sh fail without the fix, as they must");
});

test("a renamed test file is not there twice, and what tests read comes with them", async () => {
  const world = await bug(
    { "test/a.sh": "true\n" },
    {
      "test/a.sh": undefined,
      "test/b.sh": 'grep -q "$(cat fixtures/wanted)" src/value\n',
      "fixtures/wanted": "right\n",
    },
  );
  expect(await proof(world, true)).toBe("test/b.sh fail without the fix, as they must");
});

test("a command that ends without a report proves nothing", async () => {
  const world = await bug(
    { "test/old.sh": "true\n" },
    { "test/new.sh": "test -e src/new || kill $PPID\n", "src/new": "" },
  );
  expect(await proof(world, false)).toContain("The tests could not be judged without the fix");
});

test("the merge base is set up by its own lock files, not by those of the fix", async () => {
  const lock = { name: "x", version: "1.0.0", lockfileVersion: 3, packages: {} };
  const world = await bug(
    { "test/old.sh": "true\n" },
    {
      "test/new.sh": real,
      "package.json": JSON.stringify({ name: "x", version: "1.0.0" }),
      "package-lock.json": JSON.stringify(lock),
    },
  );
  const shim = join(world.folder, "shim");
  mkdirSync(shim);
  writeFileSync(join(shim, "npm"), "#!/bin/sh\ntest -e package-lock.json\n");
  chmodSync(join(shim, "npm"), 0o755);
  const env = { PATH: `${shim}:${world.env["PATH"] ?? ""}` };
  await must(world, "trust BUG-1 --yes");
  expect(await proof(world, true, env)).toBe("test/new.sh fail without the fix, as they must");
});
