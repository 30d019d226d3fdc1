import type { TreeReader } from "./definition.ts";
import { type DetectedChecks, detectedCommand, detectedNone } from "./detected-checks.ts";

const file = "Cargo.toml";
const nextestFile = ".config/nextest.toml";

/** The checks of a Rust project; undefined when the tree has no Cargo.toml. */
export async function detectRust(tree: TreeReader): Promise<DetectedChecks | undefined> {
  const root = await tree.list("");
  if (!root.includes(file)) return undefined;
  const manifest = (await tree.read(file)) ?? "";
  // Without --workspace, only the package at the root is tested.
  const workspace = /^\s*\[workspace[\].]/m.test(manifest) ? ["--workspace"] : [];
  const scope = [...workspace, ...(root.includes("Cargo.lock") ? ["--locked"] : [])];
  const nextest = root.includes(".config/") && (await tree.read(nextestFile)) !== undefined;
  const clippy = root.find((name) => /^\.?clippy\.toml$/.test(name)) ?? file;
  const runner = nextest ? "nextest" : "cargo";
  const words = nextest ? ["nextest", "run"] : ["test"];
  return {
    tests: detectedCommand("tests", {
      argv: ["cargo", ...words, ...scope, "--no-fail-fast"],
      file: nextest ? nextestFile : file,
      note: nextest ? "nextest, without doc tests" : "cargo test",
      runner,
      asked: true,
    }),
    lint: detectedCommand("lint", {
      argv: ["cargo", "clippy", ...scope, "--all-targets", "--", "-D", "warnings"],
      file: clippy,
      note: "clippy",
    }),
    types: detectedNone("types", file, "the compiler checks types when the tests are built"),
  };
}
