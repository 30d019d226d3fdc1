import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { query } from "../support/database.ts";
import { must, putInto, runGate } from "../support/operate.ts";
import { createWorld, type World } from "../support/world.ts";

const noOthers = '  lint: { none: "no linter" }\n  types: { none: "no types" }\n';

function configured(run: string, rest = "setup: []\n"): Record<string, string> {
  return {
    ".calm/config.yaml": `version: 1\n${rest}checks:\n  tests: { run: ${JSON.stringify(run)}, min_tests: 0 }\n${noOthers}`,
  };
}

/** A task in IMPLEMENT whose worktree holds a change of the code. */
async function started(files: Record<string, string>, change: Record<string, string>): Promise<World> {
  const world = createWorld({ ".gitignore": "node_modules\n.venv\n__pycache__\n", ...files });
  await must(world, "trust --yes");
  await must(world, "task create SPEC-1 Feature");
  putInto(world, "SPEC-1", "IMPLEMENT");
  await must(world, "worktree create SPEC-1");
  world.commit(change, "change", world.worktree("SPEC-1"));
  return world;
}

async function testsOf(world: World, passed: boolean, env: Record<string, string> = {}, flag = "") {
  const line = ["gate", "check", "SPEC-1", ...(flag === "" ? [] : [flag])];
  return (await runGate(world, line, passed, { env })).checks["tests"];
}

const packageOf = (name: string, more: object = {}) => JSON.stringify({ name, version: "1.0.0", ...more });
const useDependency = 'require("node:assert").equal(require("dep"), "dep of the room");\n';

test("a package that only the main checkout has installed fails the check, until the worktree has it", async () => {
  const world = await started(
    {
      ...configured("node test.js"),
      "package.json": packageOf("app", { dependencies: { dep: "1.0.0" } }),
      "test.js": 'require("dep");\n',
    },
    { "src.js": "1\n" },
  );
  const tree = world.worktree("SPEC-1");
  world.write("node_modules/dep/package.json", packageOf("dep"));
  world.write("node_modules/dep/index.js", "module.exports = 'dep';\n");
  const refused = await testsOf(world, false);
  expect(refused?.message).toContain(
    `tests would use dep of another checkout, not of its worktree: ${world.repository}/node_modules/dep`,
  );
  expect(refused?.message).toContain(`cd ${tree} && `);
  expect(refused?.log_path).toBeNull();
  symlinkSync("../../node_modules", join(tree, "node_modules"));
  expect((await testsOf(world, false))?.message).toContain("would use dep of another checkout");
  execFileSync("rm", [join(tree, "node_modules")]);
  world.write("node_modules/dep/package.json", packageOf("dep"), tree);
  world.write("node_modules/dep/index.js", "module.exports = 'dep';\n", tree);
  expect((await testsOf(world, true))?.message).toContain("exit code 0");
});

test("setup installs in the worktree, so that nothing is borrowed", async () => {
  const install = "mkdir -p node_modules/dep && cp dep.js node_modules/dep/index.js";
  const world = await started(
    {
      ...configured("node test.js", `setup: [${JSON.stringify(install)}]\n`),
      "package.json": packageOf("app", { dependencies: { dep: "1.0.0" } }),
      "dep.js": 'module.exports = "dep of the room";\n',
      "test.js": useDependency,
    },
    { "src.js": "1\n" },
  );
  world.write("node_modules/dep/index.js", 'module.exports = "dep of main";\n');
  await testsOf(world, true);
  expect((await testsOf(world, true))?.message).toContain("cached from run 1");
  // What somebody has put there by hand is another toolchain.
  world.write("node_modules/other/package.json", "{}", world.worktree("SPEC-1"));
  expect((await testsOf(world, true))?.cached_from).toBeNull();
});

test("a workspace that links to itself in the main checkout is not tested in its place", async () => {
  const world = await started(
    {
      ...configured("npm test"),
      "package.json": packageOf("root", { workspaces: ["packages/*"], scripts: { test: "node test.js" } }),
      "packages/lib/package.json": packageOf("@me/lib"),
      "packages/lib/index.js": "module.exports = 1;\n",
      "test.js": 'require("node:assert").equal(require("@me/lib"), 1);\n',
    },
    { "packages/lib/index.js": "module.exports = 2; // broken\n" },
  );
  mkdirSync(join(world.repository, "node_modules/@me"), { recursive: true });
  symlinkSync("../../packages/lib", join(world.repository, "node_modules/@me/lib"));
  const refused = await testsOf(world, false);
  expect(refused?.message).toContain(
    `would use @me/lib of another checkout, not of its worktree: ${world.repository}/packages/lib`,
  );
  const tree = world.worktree("SPEC-1");
  mkdirSync(join(tree, "node_modules/@me"), { recursive: true });
  symlinkSync("../../packages/lib", join(tree, "node_modules/@me/lib"));
  // Its own code, which is broken.
  expect((await testsOf(world, false))?.message).toContain("ended with exit code 1");
  world.commit({ "packages/lib/index.js": "module.exports = 1; // mended\n" }, "mend", tree);
  await testsOf(world, true);
});

test("a program that npm would start from the main checkout fails the check", async () => {
  const world = await started(
    { ...configured("npm test"), "package.json": packageOf("app", { scripts: { test: "runner --all" } }) },
    { "src.js": "1\n" },
  );
  world.write("node_modules/.bin/runner", "#!/bin/sh\nexit 0\n");
  execFileSync("chmod", ["+x", join(world.repository, "node_modules/.bin/runner")]);
  expect((await testsOf(world, false))?.message).toContain("would use runner of another checkout");
});

test("node_modules of the main checkout do not bother a project that asks for nothing", async () => {
  const world = await started(
    { ...configured("node test.js"), "package.json": packageOf("app"), "test.js": "0;\n" },
    { "src.js": "1\n" },
  );
  world.write("node_modules/dep/index.js", "0;\n");
  await testsOf(world, true);
});

test("G12: what the shell has from the main checkout is left out, or is the worktree's own", async () => {
  const run = 'node test.js && tool && test -z "$PYTHONPATH"';
  const world = await started(
    {
      ...configured(run),
      "test.js": 'require("node:assert").throws(() => require("leaked"));\n',
      "bin/tool": "#!/bin/sh\nexit 1\n",
    },
    { "src.js": "1\n" },
  );
  const root = world.repository;
  const env = {
    PATH: `${root}/tools:${root}/node_modules/.bin:${world.env["PATH"] ?? ""}`,
    NODE_PATH: `${root}/lib`,
    PYTHONPATH: `${root}/python`,
    VIRTUAL_ENV: `${root}/.venv`,
    NODE_OPTIONS: `--require ${root}/preload.js`,
  };
  world.write("preload.js", "process.exit(9);\n");
  for (const folder of [".venv", "python"]) mkdirSync(join(root, folder));
  world.write("lib/leaked/index.js", "0;\n");
  for (const place of ["tools/tool", "node_modules/.bin/tool"]) {
    world.write(place, "#!/bin/sh\nexit 0\n");
    execFileSync("chmod", ["+x", join(root, place)]);
  }
  const refused = await testsOf(world, false, env);
  expect(refused?.message).toContain("exit code 127");
  for (const one of [`PATH ${root}/tools`, `NODE_PATH ${root}/lib`, "VIRTUAL_ENV", "NODE_OPTIONS"])
    expect(refused?.message).toContain(one);
  const tree = world.worktree("SPEC-1");
  world.commit({ "tools/tool": "#!/bin/sh\nexit 0\n" }, "tool", tree);
  execFileSync("chmod", ["+x", join(tree, "tools/tool")]);
  world.commit({}, "executable", tree);
  const [told] = [await world.calm(["gate", "check", "SPEC-1"], { env })];
  expect(told.exitCode, told.out).toBe(0);
  expect(told.err).toContain(
    `left out of the commands' environment, for it lies in another checkout: VIRTUAL_ENV`,
  );
});

const pythons = ["/usr/bin/python3", "/usr/local/bin/python3", "/opt/homebrew/bin/python3"];
const python = pythons.find((path) => existsSync(path));

/** A virtual environment without pip, outside of the repository, with an editable install of the main checkout. */
function editable(world: World, files: Record<string, string>): string {
  const venv = join(world.folder, "venv");
  const asked = ["-c", "import sys; print('python%d.%d' % sys.version_info[:2])"];
  const version = execFileSync(python ?? "", asked, { env: world.env, encoding: "utf8" }).trim();
  // What `python -m venv` would make, in a tenth of the time.
  world.write("pyvenv.cfg", `home = ${dirname(python ?? "")}\n`, venv);
  mkdirSync(join(venv, "bin"));
  symlinkSync(python ?? "", join(venv, "bin/python3"));
  for (const [path, text] of Object.entries(files))
    world.write(path, text, join(venv, "lib", version, "site-packages"));
  return `${venv}/bin:${world.env["PATH"] ?? ""}`;
}

const finder = (root: string) => `import sys
from importlib.machinery import ModuleSpec, PathFinder
class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return PathFinder.find_spec(name, ["${root}"]) if name == "mine" else None
sys.meta_path.append(Finder)
`;

test.skipIf(!python)(
  "G12: an editable install of the main checkout is not tested in the worktree's place",
  async () => {
    const imported = "import mine; assert mine.value == 1";
    for (const layout of ["src", "lib", "flat"] as const) {
      const base = layout === "flat" ? "mine" : `${layout}/mine`;
      const world = await started(
        {
          // A program in a folder of its own: the root of the project is not where Python looks.
          ...configured("python3 checks/run.py"),
          "pyproject.toml": "[project]\nname = 'mine'\n",
          [`${base}/__init__.py`]: "value = 1\n",
          "checks/run.py": `${imported}\n`,
        },
        { [`${base}/__init__.py`]: "value = 2  # broken\n" },
      );
      const root = layout === "flat" ? world.repository : join(world.repository, layout);
      const PATH =
        layout !== "flat"
          ? editable(world, { "__editable__.mine-1.pth": `${root}\n` })
          : editable(world, {
              "__editable___mine_finder.py": finder(root),
              "__editable__.mine-1.pth": "import __editable___mine_finder\n",
            });
      const refused = await testsOf(world, false, { PATH });
      expect(refused?.message, layout).toContain(
        `tests would use mine of another checkout, not of its worktree: ${root}/mine/__init__.py`,
      );
      if (layout === "lib") continue;
      // Without that environment's word for it, the worktree's own code is found, and is broken.
      const own = { PATH, PYTHONPATH: join(world.worktree("SPEC-1"), layout === "flat" ? "." : layout) };
      expect((await testsOf(world, false, own))?.message, layout).toContain("ended with exit code 1");
      if (layout !== "src") continue;
      // Of another length: Python takes its compiled file for the same second and size.
      const mended = "value = 1  # mended by hand\n";
      world.commit({ [`${base}/__init__.py`]: mended }, "mend", world.worktree("SPEC-1"));
      await testsOf(world, true, own);
      // Neither does a clean room take what is installed.
      putInto(world, "SPEC-1", "TEST");
      const { checks } = await runGate(world, "gate check SPEC-1", false, { env: { PATH } });
      expect(checks["tests_full"]?.message).toContain("not of its clean room");
    }
  },
);

test("pytest takes no settings from the main checkout, nor the conftest.py next to them", async () => {
  const files = { ...configured("pytest -q tests"), "mine.py": "value = 1\n" };
  const world = await started(files, { "mine.py": "value = 2\n" });
  const [tree, bin] = [world.worktree("SPEC-1"), join(world.folder, "bin")];
  world.write("pytest", "#!/bin/sh\nexit 0\n", bin);
  chmodSync(join(bin, "pytest"), 0o755);
  const env = { PATH: `${bin}:${world.env["PATH"] ?? ""}` };
  await testsOf(world, true, env);
  for (const [name, text] of [
    ["setup.py", ""],
    ["pyproject.toml", "[project]\n"],
    ["tox.ini", "[pytest]\n"],
    ["pytest.ini", ""],
  ] as const) {
    world.write(name, text);
    expect((await testsOf(world, false, env, "--no-cache"))?.message).toContain(
      `from another checkout: ${world.repository}/${name}. Bring ${name} into the task's branch`,
    );
  }
  world.commit({ "pytest.ini": "" }, "settings of its own", tree);
  await testsOf(world, true, env);
});

test("where Python does not work, what may do without it is not refused", async () => {
  const files = { ...configured("sh run"), run: "exit 0\n", "made.py": "0\n" };
  const world = await started(files, { "src.js": "1\n" });
  const bin = join(world.folder, "bin");
  world.write("python3", "#!/bin/sh\nexit 1\n", bin);
  chmodSync(join(bin, "python3"), 0o755);
  await testsOf(world, true, { PATH: `${bin}:${world.env["PATH"] ?? ""}` });
});

test.skipIf(!python)("a module that is found in the worktree first needs no install", async () => {
  const world = await started(
    {
      ...configured("python3 -m run"),
      "pyproject.toml": "[project]\nname = 'mine'\n",
      "mine.py": "value = 1\n",
      "run.py": "import mine; assert mine.value == 2\n",
    },
    { "mine.py": "value = 2\n" },
  );
  const PATH = editable(world, { "mine.pth": `${world.repository}\n` });
  await testsOf(world, true, { PATH });
});

test("a clean room inside the repository borrows nothing either", async () => {
  const world = createWorld({
    ...configured("node test.js"),
    ".gitignore": "node_modules\n.home\n",
    "package.json": packageOf("app", { dependencies: { dep: "1.0.0" } }),
    "test.js": 'require("dep");\n',
  });
  const env = { CALM_HOME: join(world.repository, ".home") };
  await must(world, "trust --yes", { env });
  await must(world, "task create SPEC-1 Other", { env });
  await must(world, "worktree create SPEC-1", { env });
  const tree = world.worktree("SPEC-1");
  world.commit({ "src.js": "2\n" }, "change", tree);
  for (const root of [world.repository, tree]) world.write("node_modules/dep/index.js", "0;\n", root);
  query(
    join(env.CALM_HOME, "metadata.db"),
    "update tasks set phase = 'TEST' where id = 'SPEC-1' returning id",
  );
  const { checks } = await runGate(world, "gate check SPEC-1", false, { env });
  // The gate runs both as one, in the clean room.
  for (const check of ["tests", "tests_full"])
    expect(checks[check]?.message).toContain(
      `would use dep of another checkout, not of its clean room: ${world.repository}/node_modules/dep`,
    );
});
