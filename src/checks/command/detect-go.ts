import type { TreeReader } from "./definition.ts";
import { type DetectedChecks, detectedCommand, detectedNone } from "./detected-checks.ts";

const lintFile = /^\.golangci\.(ya?ml|toml|json)$/;

/** The checks of a Go module or workspace; undefined when the tree has neither go.mod nor go.work. */
export async function detectGo(tree: TreeReader): Promise<DetectedChecks | undefined> {
  const root = await tree.list("");
  const file = ["go.work", "go.mod"].find((name) => root.includes(name));
  if (file === undefined) return undefined;
  const work = file === "go.work" ? ((await tree.read(file)) ?? "") : undefined;
  const packages = work === undefined ? ["./..."] : modulesOf(work).map(packagesBelow);
  // A workspace without modules has nothing to test, and `go test` without packages would test another thing.
  if (packages.length === 0) return undefined;
  const golangci = root.find((name) => lintFile.test(name));
  return {
    tests: detectedCommand("tests", {
      argv: ["go", "test", ...packages],
      file,
      note: work === undefined ? "go test" : `go test, ${packages.length} modules`,
      runner: "go",
      asked: true,
    }),
    lint: golangci
      ? detectedCommand("lint", {
          argv: ["golangci-lint", "run", ...packages],
          file: golangci,
          note: "golangci-lint",
        })
      : detectedCommand("lint", { argv: ["go", "vet", ...packages], file, note: "go vet" }),
    types: detectedNone("types", file, "the compiler checks types when the tests are built"),
  };
}

/** The folders that a go.work uses: `use ./a`, or several in parentheses. */
function modulesOf(work: string): string[] {
  const text = work.replace(/\/\/.*$/gm, "");
  const blocks = [...text.matchAll(/^\s*use\s*\(([^)]*)\)/gm)].map((match) => match[1] ?? "");
  const single = [...text.matchAll(/^\s*use\s+([^\s(]+)\s*$/gm)].map((match) => match[1] ?? "");
  const words = [...blocks.join("\n").split(/\s+/), ...single].filter((word) => word !== "");
  return words.map((word) => word.replace(/^["`](.*)["`]$/, "$1"));
}

function packagesBelow(folder: string): string {
  const plain = folder.replace(/^\.\//, "").replace(/\/+$/, "");
  if (plain === "." || plain === "") return "./...";
  return plain.startsWith("../") || plain.startsWith("/") ? `${plain}/...` : `./${plain}/...`;
}
