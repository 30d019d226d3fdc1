// Runs a TypeScript file on Node 20, which cannot do so itself: node scripts/run.mjs <file.ts> [arguments]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "rolldown";
import { markdown } from "./markdown.mjs";

const [file = "", ...rest] = process.argv.slice(2);
const input = resolve(file);
const folder = mkdtempSync(join(tmpdir(), "calm-run-"));
try {
  const bundled = join(folder, "run.mjs");
  const output = { file: bundled, codeSplitting: false };
  await build({ input, platform: "node", plugins: [markdown], output });
  process.argv = [process.execPath, input, ...rest];
  await import(pathToFileURL(bundled).href);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
