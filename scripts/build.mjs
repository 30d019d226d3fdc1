import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { rolldown } from "rolldown";
import { lazySchemas } from "./lazy-schemas.mjs";
import { licencesOf } from "./licences.mjs";
import { markdown } from "./markdown.mjs";
import { splitIntoParts } from "./parts.mjs";
import { substitutes } from "./substitutes.mjs";

const root = resolve(import.meta.dirname, "..");
const dist = resolve(root, "dist");
const { version } = JSON.parse(readFileSync(resolve(root, "package.json"), "utf8"));

/** A shell reads the second line and starts node without the certificates, which cost it 48 ms; node skips it. */
const polyglot = `#!/bin/sh
':' //; if [ -n "\${NODE_EXTRA_CA_CERTS:-}" ]; then export CALM_NODE_EXTRA_CA_CERTS="$NODE_EXTRA_CA_CERTS"; unset NODE_EXTRA_CA_CERTS; else unset CALM_NODE_EXTRA_CA_CERTS; fi; exec node "$0" "$@"
`;

async function bundle(input, define, { output, plugins = [], keep = false }) {
  const built = await rolldown({
    cwd: root,
    input,
    platform: "node",
    preserveEntrySignatures: keep && "strict",
    checks: { ineffectiveDynamicImport: false },
    transform: { target: "node20.19", define },
    plugins: [substitutes, markdown, lazySchemas(resolve(root, "src")), ...plugins],
  });
  const shape = { format: "cjs", minify: true, comments: false, dynamicImportInCjs: false };
  const { output: files } = await built.generate({ ...shape, ...output });
  await built.close();
  return files;
}

/** A file that holds no other letters is read as bytes, and V8 needs half the memory for it. */
function ascii(code) {
  return code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const digestOf = (texts) => {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text}\0`);
  return `${version}-${hash.digest("hex").slice(0, 12)}`;
};

/** The summaries of all commands, so that help need not load every operation, and what the program's text comes to. */
async function collectSummaries() {
  const input = ["src/operations/index.ts", "src/cli/commands/index.ts", "src/demo/index.ts"];
  const contents = `${input.map((path) => `export * from "./${path}";`).join("\n")}`;
  const plugin = {
    name: "calm-registry",
    resolveId: (request) => (request === "registry" ? resolve(root, "registry.ts") : undefined),
    load: (id) => (id === resolve(root, "registry.ts") ? contents : undefined),
  };
  const output = { codeSplitting: false };
  const define = { CALM_VERSION: '""', CALM_EDITION: '""', CALM_SUMMARIES: "{}" };
  const options = { output, plugins: [plugin], keep: true };
  const [{ code }] = await bundle({ registry: "registry" }, define, options);
  const module = { exports: {} };
  new Function("module", "exports", "require", "__dirname", code)(
    module,
    module.exports,
    createRequire(resolve(dist, "registry.cjs")),
    resolve(dist, "parts"),
  );
  const { operations, commands, demo } = module.exports;
  const entries = [...operations, ...commands, demo(() => undefined)].filter(({ hidden }) => !hidden);
  const named = await Promise.all(entries.map(async (one) => [one.name, (await one.load()).summary]));
  return { summaries: Object.fromEntries(named), edition: digestOf([code]) };
}

async function buildParts() {
  const { plugin, codeSplitting, nameOfPart } = splitIntoParts();
  const { summaries, edition } = await collectSummaries();
  const define = {
    CALM_VERSION: JSON.stringify(version),
    CALM_EDITION: JSON.stringify(edition),
    CALM_SUMMARIES: JSON.stringify(summaries),
  };
  const names = { entryFileNames: "[name].js", chunkFileNames: nameOfPart };
  const files = await bundle({ main: "src/main.ts" }, define, {
    output: { ...names, codeSplitting },
    plugins: [plugin],
  });
  return files.map(({ fileName, code, moduleIds }) => ({
    fileName: `parts/${fileName}`,
    code: `(function(exports,require,module,__filename,__dirname){${ascii(code)}\n})`,
    moduleIds,
  }));
}

const parts = await buildParts();
const build = digestOf(parts.flatMap(({ fileName, code }) => [fileName, code]));
const define = { CALM_BUILD: JSON.stringify(build) };
const [entry] = await bundle({ calm: "scripts/entry.mjs" }, define, { output: { codeSplitting: false } });
rmSync(dist, { recursive: true, force: true });
mkdirSync(resolve(dist, "parts"), { recursive: true });
for (const { fileName, code } of parts) writeFileSync(resolve(dist, fileName), code);
writeFileSync(resolve(dist, "calm.cjs"), polyglot + ascii(entry.code));
chmodSync(resolve(dist, "calm.cjs"), 0o755);
writeFileSync(resolve(dist, "licences.txt"), licencesOf(parts.flatMap(({ moduleIds }) => moduleIds)));
