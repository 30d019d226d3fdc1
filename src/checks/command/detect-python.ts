import type { CheckDefinition, TreeReader } from "./definition.ts";
import { type DetectedChecks, detectedCommand, detectedNone } from "./detected-checks.ts";
import { holdsFile } from "./tree-below.ts";

const signs =
  /^(pyproject\.toml|setup\.(py|cfg)|pytest\.ini|tox\.ini|Pipfile|requirements[\w.-]*\.txt|uv\.lock|manage\.py)$/;

interface Project {
  readonly tree: TreeReader;
  readonly root: readonly string[];
  /** The file that the project was recognised by. */
  readonly sign: string;
  /** Words before a tool of the project's own environment; none without a lock file. */
  readonly through: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** True when the file has the text. */
  readonly says: (file: string, text: string | RegExp) => boolean;
}

/** The checks of a Python project; undefined when the tree is none. */
export async function detectPython(tree: TreeReader): Promise<DetectedChecks | undefined> {
  const root = await tree.list("");
  const sign = root.find((name) => signs.test(name));
  if (sign === undefined) return undefined;
  const project: Project = {
    tree,
    root,
    sign,
    through: through(root),
    env: await sourceEnv(tree, root),
    says: await searcher(tree, root),
  };
  const tests = await detectTests(project);
  return { ...(tests && { tests }), lint: detectLint(project), types: detectTypes(project) };
}

/** Whether the files are those of a project, and not the requirements of some tool or a linter's settings. */
export async function isPythonProject(tree: TreeReader): Promise<boolean> {
  const root = await tree.list("");
  if (root.some((name) => /^(setup\.(py|cfg)|Pipfile|uv\.lock|poetry\.lock)$/.test(name))) return true;
  if (root.includes("manage.py") && (await tree.read("manage.py"))?.includes("django") === true) return true;
  const pyproject = root.includes("pyproject.toml") ? await tree.read("pyproject.toml") : undefined;
  return /^\s*\[(project|build-system|tool\.poetry)\b/m.test(pyproject ?? "");
}

function through(root: readonly string[]): readonly string[] {
  if (root.includes("uv.lock")) return ["uv", "run"];
  if (root.includes("poetry.lock")) return ["poetry", "run"];
  return root.includes("Pipfile.lock") ? ["pipenv", "run"] : [];
}

// With code below src/, only an install finds it, and that may be another worktree's.
async function sourceEnv(tree: TreeReader, root: readonly string[]): Promise<Record<string, string>> {
  if (!root.includes("src/")) return {};
  const names = await tree.list("src");
  const code = names.some((name) => name.endsWith(".py") || (name.endsWith("/") && name !== "node_modules/"));
  return code && !names.includes("__init__.py") ? { PYTHONPATH: "src" } : {};
}

async function searcher(tree: TreeReader, root: readonly string[]): Promise<Project["says"]> {
  const texts = new Map<string, string>();
  for (const name of root.filter((name) => signs.test(name))) texts.set(name, (await tree.read(name)) ?? "");
  return (file, text) => {
    const found = texts.get(file);
    return found !== undefined && (typeof text === "string" ? found.includes(text) : text.test(found));
  };
}

async function detectTests(project: Project): Promise<CheckDefinition | undefined> {
  const pytest = pytestSign(project);
  if (pytest) {
    const note = ["pytest", ...project.through].join(", through ");
    const argv = module(project, "pytest");
    return detectedCommand("tests", {
      argv,
      file: pytest,
      note,
      runner: "pytest",
      asked: true,
      env: project.env,
    });
  }
  if (project.says("manage.py", "django")) {
    const argv = [...pythonOf(project), "manage.py", "test"];
    return detectedCommand("tests", {
      argv,
      file: "manage.py",
      note: "Django, without pytest",
      runner: "unittest",
      asked: true,
      env: project.env,
    });
  }
  return detectUnittest(project);
}

const unittestFile = /^test.*\.py$/;

async function detectUnittest(project: Project): Promise<CheckDefinition | undefined> {
  const { root, tree } = project;
  const argv = module(project, "unittest");
  const common = { file: project.sign, runner: "unittest", asked: true, env: project.env } as const;
  const file = root.find((name) => unittestFile.test(name));
  for (const folder of root.filter((name) => /^tests?\/$/.test(name)).map((name) => name.slice(0, -1))) {
    if (!(await holdsFile(tree, folder, unittestFile))) continue;
    // Discovery from the root does not enter a folder that is no package.
    const isPackage = (await tree.list(folder)).includes("__init__.py");
    const words = isPackage ? [] : ["discover", "-s", folder];
    if (isPackage || file === undefined)
      return detectedCommand("tests", {
        ...common,
        argv: [...argv, ...words],
        note: `${folder}/ without pytest`,
      });
  }
  if (file === undefined) return undefined;
  return detectedCommand("tests", { ...common, argv, note: `${file} without pytest` });
}

function pytestSign({ root, says }: Project): string | undefined {
  const named = root.find((name) => name === "pytest.ini" || name === "conftest.py");
  if (named) return named;
  return root.find(
    (name) => signs.test(name) && !/^(uv\.lock|manage\.py)$/.test(name) && says(name, /\bpytest\b/),
  );
}

function detectLint(project: Project): CheckDefinition {
  const { root, says } = project;
  const ruff =
    root.find((name) => /^\.?ruff\.toml$/.test(name)) ??
    (says("pyproject.toml", "[tool.ruff") && "pyproject.toml");
  if (ruff) return tool(project, "lint", ruff, ["ruff", "check", "."]);
  const flake8 = root.includes(".flake8")
    ? ".flake8"
    : ["setup.cfg", "tox.ini"].find((name) => says(name, "[flake8]"));
  if (flake8) return tool(project, "lint", flake8, ["flake8"]);
  return detectedNone("lint", project.sign, "no linter is configured");
}

function detectTypes(project: Project): CheckDefinition {
  const { root, says } = project;
  const mypy =
    root.find((name) => /^\.?mypy\.ini$/.test(name)) ??
    (says("pyproject.toml", "[tool.mypy")
      ? "pyproject.toml"
      : says("setup.cfg", "[mypy")
        ? "setup.cfg"
        : undefined);
  // Named files in mypy's own configuration are meant to be the ones to check.
  const named =
    mypy === "pyproject.toml" && says(mypy, /\[tool\.mypy\][^[]*^\s*(files|packages|modules)\s*=/m);
  if (mypy) return tool(project, "types", mypy, named ? ["mypy"] : ["mypy", "."]);
  const pyright = root.includes("pyrightconfig.json")
    ? "pyrightconfig.json"
    : says("pyproject.toml", "[tool.pyright") && "pyproject.toml";
  if (pyright) return tool(project, "types", pyright, ["pyright"]);
  return detectedNone("types", project.sign, "no type checker is configured");
}

function module(project: Project, name: string): readonly string[] {
  if (project.through.length > 0 && name === "pytest") return [...project.through, name];
  return [...pythonOf(project), "-m", name];
}

function pythonOf({ through }: Project): readonly string[] {
  return through.length > 0 ? [...through, "python"] : ["python3"];
}

function tool(
  project: Project,
  check: "lint" | "types",
  file: string,
  words: readonly string[],
): CheckDefinition {
  const argv = [...project.through, ...words];
  return detectedCommand(check, { argv, file, note: words[0] ?? "", env: project.env });
}
