import { chmodSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { build } from "esbuild";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
await build({
  entryPoints: ["src/main.ts"],
  outfile: "dist/calm.cjs",
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "cjs",
  minify: true,
  legalComments: "none",
  external: ["@photostructure/sqlite"],
  define: { CALM_VERSION: JSON.stringify(version) },
  banner: { js: "#!/usr/bin/env node" },
});
chmodSync("dist/calm.cjs", 0o755);
