import type { CommandLine } from "./definition.ts";
import { type PackageFacts, scriptCall } from "./package-scripts.ts";
import { simpleCommands } from "./shell-line.ts";

/** The texts of the scripts that a command starts, with those that npm runs around them and those that they name. */
export function startedScripts(run: CommandLine, facts: PackageFacts): string[] {
  if (run.kind === "script") return [];
  const words = run.kind === "argv" ? [run.argv] : simpleCommands(run.line)?.map((one) => one.words);
  const called = words?.map((each) => scriptCall(each, facts)?.script).filter((name) => name !== undefined);
  // A line that only a shell understands may start whatever it names.
  const named = called ?? ("line" in run ? namedIn(run.line, facts) : []);
  return textsOf(named, facts);
}

const lifecycle = [
  "preinstall",
  "install",
  "postinstall",
  "prepublish",
  "preprepare",
  "prepare",
  "postprepare",
];

/** The texts of the scripts that an installation of the project starts by itself, and of those that they name. */
export function installScripts(facts: PackageFacts): string[] {
  return textsOf(
    lifecycle.filter((name) => name in facts.scripts),
    facts,
    [],
  );
}

function textsOf(
  names: readonly string[],
  facts: PackageFacts,
  around: readonly string[] = ["pre", "post"],
): string[] {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const text = Object.hasOwn(facts.scripts, name) ? facts.scripts[name] : undefined;
    if (text === undefined || seen.has(name)) return;
    seen.add(name);
    for (const inner of namedIn(text, facts)) withNeighbours(inner, ["pre", "post"]);
  };
  const withNeighbours = (name: string, beside: readonly string[]): void => {
    const [before, after] = beside;
    if (before !== undefined) visit(`${before}${name}`);
    visit(name);
    if (after !== undefined) visit(`${after}${name}`);
  };
  for (const name of names) withNeighbours(name, around);
  return [...seen].map((name) => facts.scripts[name] ?? "");
}

/** Every script that a text names anywhere: one too many is only approved along, one too few would run unseen. */
function namedIn(text: string, facts: PackageFacts): string[] {
  const words = new Set(text.split(/[\s;&|()<>"'`$]+/));
  return Object.keys(facts.scripts).filter((name) => words.has(name));
}
