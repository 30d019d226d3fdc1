import { canAsk } from "./ask-report.ts";
import type { CheckDefinition, TreeReader } from "./definition.ts";
import { detectable, type Detectable, type DetectedChecks, detectedCommand } from "./detected-checks.ts";
import { recogniseRunner } from "./recognise.ts";
import { readTargets, type TargetFile } from "./targets.ts";

const names: Readonly<Record<Detectable, readonly string[]>> = {
  tests: ["test", "tests", "check"],
  lint: ["lint"],
  types: ["types", "typecheck"],
};

/** The checks that a Makefile or justfile has targets for, by their very names. */
export async function detectTargets(tree: TreeReader): Promise<DetectedChecks> {
  const files = await readTargets(tree);
  const found: Partial<Record<Detectable, CheckDefinition>> = {};
  for (const check of detectable) {
    for (const file of files) {
      const name = names[check].find((one) => file.targets.has(one));
      if (name !== undefined) found[check] ??= await ofTarget(tree, check, file, name);
    }
  }
  return found;
}

async function ofTarget(
  tree: TreeReader,
  check: Detectable,
  { tool, file, targets }: TargetFile,
  name: string,
): Promise<CheckDefinition> {
  const root = await tree.list("");
  const hidden = root.find((entry) => entry === name || entry === `${name}/`);
  if (targets.get(name)?.always === false && hidden !== undefined) {
    return {
      check,
      source: { kind: "detected", file },
      unrecognised:
        `make ${name} would run nothing, because ${hidden} exists and the target is not phony; ` +
        `add to ${file}: .PHONY: ${name}`,
    };
  }
  const argv = [tool, name];
  const recognised = await recogniseRunner({ kind: "argv", argv }, tree);
  const asked = check === "tests" && canAsk(recognised);
  return detectedCommand(check, { argv, file, note: `target ${name}`, runner: recognised.runner, asked });
}
