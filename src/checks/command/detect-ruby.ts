import type { CheckDefinition, TreeReader } from "./definition.ts";
import { type DetectedChecks, detectedCommand, detectedNone } from "./detected-checks.ts";
import type { Setup } from "./setup.ts";

const signs = /^(Gemfile|gems\.rb|[\w.-]+\.gemspec)$/;
const bundled = /^(Gemfile|gems\.rb)$/;

interface Project {
  readonly tree: TreeReader;
  readonly root: readonly string[];
  /** The file that the project was recognised by. */
  readonly sign: string;
  /** Words before a tool of the project's own gems. */
  readonly through: readonly string[];
}

/** The checks of a Ruby project; undefined when the tree is none. */
export async function detectRuby(tree: TreeReader): Promise<DetectedChecks | undefined> {
  const root = await tree.list("");
  const sign = root.find((name) => bundled.test(name)) ?? root.find((name) => signs.test(name));
  if (sign === undefined) return undefined;
  const through = bundled.test(sign) ? ["bundle", "exec"] : [];
  const project = { tree, root, sign, through };
  const tests = await detectTests(project);
  return { ...(tests && { tests }), lint: detectLint(project), types: await detectTypes(project) };
}

/** What bundler installs into a fresh room. */
export async function rubySetup(tree: TreeReader): Promise<Setup | undefined> {
  const root = await tree.list("");
  if (!root.some((name) => bundled.test(name))) return undefined;
  const locked = root.some((name) => /^(Gemfile\.lock|gems\.locked)$/.test(name));
  return {
    commands: [locked ? "BUNDLE_FROZEN=true bundle install" : "bundle install"],
    keyFiles: root.filter((name) =>
      /^(Gemfile(\.lock)?|gems\.(rb|locked)|\.ruby-version)$|\.gemspec$/.test(name),
    ),
    folders: ["vendor/bundle"],
  };
}

async function detectTests(project: Project): Promise<CheckDefinition | undefined> {
  const { tree, root, through, sign } = project;
  const rspec = root.find((name) => name === ".rspec" || name === "spec/");
  if (rspec) {
    const argv = [...through, "rspec"];
    return detectedCommand("tests", {
      argv,
      file: place(rspec),
      note: "rspec",
      runner: "rspec",
      asked: true,
    });
  }
  if (!root.includes("test/")) return undefined;
  const rails = (await tree.read("bin/rails")) !== undefined;
  if (!rails && !root.some((name) => /^[Rr]akefile(\.rb)?$/.test(name))) return undefined;
  return detectedCommand("tests", {
    argv: [...through, ...(rails ? ["rails", "test"] : ["rake", "test"])],
    file: sign,
    note: rails ? "test/ and bin/rails" : "test/ and a Rakefile",
    runner: "minitest",
    asked: true,
  });
}

function detectLint({ root, through, sign }: Project): CheckDefinition {
  if (!root.includes(".rubocop.yml")) return detectedNone("lint", sign, "rubocop is not configured");
  return detectedCommand("lint", { argv: [...through, "rubocop"], file: ".rubocop.yml", note: "rubocop" });
}

async function detectTypes({ tree, through, sign }: Project): Promise<CheckDefinition> {
  const sorbet = "sorbet/config";
  if ((await tree.read(sorbet)) === undefined)
    return detectedNone("types", sign, "no type checker is configured");
  return detectedCommand("types", { argv: [...through, "srb", "tc"], file: sorbet, note: "Sorbet" });
}

function place(name: string): string {
  return name.replace(/\/$/, "");
}
