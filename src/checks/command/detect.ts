import { type CheckDefinition, runsCommand, type TreeReader } from "./definition.ts";
import { detectGo } from "./detect-go.ts";
import { detectJava } from "./detect-java.ts";
import { detectJavaScript } from "./detect-javascript.ts";
import { detectPhp } from "./detect-php.ts";
import { detectPython } from "./detect-python.ts";
import { detectRuby } from "./detect-ruby.ts";
import { detectRust } from "./detect-rust.ts";
import { detectShell } from "./detect-shell.ts";
import { detectable, type Detectable, type DetectedChecks } from "./detected-checks.ts";

const detectors = [
  detectJavaScript,
  detectPython,
  detectRust,
  detectGo,
  detectJava,
  detectPhp,
  detectRuby,
  detectShell,
];

/** The checks that a project has by its files, read from one commit; an absent one was not found and must fail. */
export async function detectChecks(tree: TreeReader): Promise<DetectedChecks> {
  const languages: DetectedChecks[] = [];
  for (const detect of detectors) {
    const found = await detect(tree);
    if (found) languages.push(found);
  }
  const checks: Partial<Record<Detectable, CheckDefinition>> = {};
  for (const check of detectable) {
    const found = oneOf(languages.flatMap((language) => language[check] ?? []));
    if (found) checks[check] = found;
  }
  return checks;
}

/** Why a check that was not found fails, and how to configure it. */
export function unrecognisedMessage(check: string): string {
  const example = examples[check] ?? "the command";
  return [
    `calm does not know how to run ${check} here: no known setup was found, or more than one`,
    `say it in .calm/config.yaml on the default branch: checks: { ${check}: { run: "${example}" } }`,
    `or, where it does not apply: checks: { ${check}: { none: "the reason" } }`,
  ].join("; ");
}

const examples: Readonly<Record<string, string>> = {
  tests: "npm test",
  lint: "npm run lint",
  types: "npx tsc --noEmit",
};

// In a project of two languages, running the command of one would leave the other unchecked.
function oneOf(found: readonly CheckDefinition[]): CheckDefinition | undefined {
  const commands = found.filter(runsCommand);
  return commands.length > 1 ? undefined : (commands[0] ?? found[0]);
}
