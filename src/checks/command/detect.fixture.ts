import { expect } from "vitest";
import { commandText, runsCommand } from "./definition.ts";
import { detectChecks } from "./detect.ts";
import { packageJson, treeOf } from "./tree.fixture.ts";

/** What is detected in files, by check: the command and where it runs, or why there is none. */
export async function detect(files: Readonly<Record<string, string>>) {
  const checks = await detectChecks(treeOf(files));
  return Object.fromEntries(
    Object.entries(checks).map(([name, found]) => {
      expect(found.check).toBe(name);
      if (!runsCommand(found)) return [name, "none" in found ? "none" : "unrecognised"];
      return [name, `${commandText(found.run)}${found.folder === "" ? "" : ` in ${found.folder}`}`];
    }),
  );
}

/** The same of the tests alone, by part. */
export async function testsOf(files: Readonly<Record<string, string>>) {
  const found = Object.entries(await detect(files)).filter(([name]) => name.startsWith("tests"));
  return Object.fromEntries(found.map(([name, text]) => [name.replace(/^tests:?/, ""), text]));
}

/** A package whose tests node runs. */
export const node = packageJson({ test: "node --test" });
/** A project file with settings of pytest. */
export const python = "[project]\n[tool.pytest.ini_options]\n";
