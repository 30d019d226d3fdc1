import { platform } from "node:os";
import { join } from "node:path";
import { type AskedOf, reportFile, type Request } from "./asking.ts";

// libtest prints JSON only where RUSTC_BOOTSTRAP is set, to whatever. The value names a crate that nobody has, so that
// the compiler takes nothing that it would not take without; and the variable is seen by the test programs alone, as
// build scripts look at it too.
const unlock = "RUSTC_BOOTSTRAP=calm_counts_tests";
const triples = {
  linux: ["X86_64_UNKNOWN_LINUX_GNU", "X86_64_UNKNOWN_LINUX_MUSL", "AARCH64_UNKNOWN_LINUX_GNU"].concat(
    "AARCH64_UNKNOWN_LINUX_MUSL",
  ),
  darwin: ["AARCH64_APPLE_DARWIN", "X86_64_APPLE_DARWIN"],
};
const jsonWords = ["-Z", "unstable-options", "--format", "json"];

/** Asks `cargo test` for libtest's JSON lines; undefined where the project runs its tests by a runner of its own. */
export async function askCargo({ found, tree, folder, env }: AskedOf): Promise<Request | undefined> {
  for (const path of [".cargo/config.toml", ".cargo/config"]) {
    if (/^\s*(runner|target|rustdoc)\s*=/m.test((await tree.read(path)) ?? "")) return undefined;
  }
  const names = triples[platform() === "darwin" ? "darwin" : "linux"];
  return {
    report: { in: "output", format: "cargo" },
    words: [...(found.words.includes("--") ? [] : ["--"]), ...jsonWords],
    appended: Object.fromEntries(names.map((name) => [`CARGO_TARGET_${name}_RUNNER`, `env ${unlock}`])),
    env: { RUSTDOC: join(folder, "rustdoc"), CALM_RUSTDOC: env["RUSTDOC"] ?? "rustdoc" },
    files: { rustdoc },
  };
}

// Doc tests are run by rustdoc itself, which must not get the runner for test programs: with one, it runs all the doc
// tests of a crate in one process, and a test that ends it takes the others along unseen.
const rustdoc = `#!/bin/sh
tool=
for word; do
  shift
  case "$tool$word" in
    --test-runtool) tool="$word " ;;
    "--test-runtool env") tool= ;;
    --test-runtool-arg) tool="$word " ;;
    "--test-runtool-arg ${unlock}") tool= ;;
    *)
      [ -z "$tool" ] || set -- "$@" "\${tool% }"
      tool=
      set -- "$@" "$word"
      ;;
  esac
done
${unlock} exec "$CALM_RUSTDOC" "$@"
`;

/** Asks `cargo nextest run` for JUnit XML by a configuration that ranks below the project's own. */
export async function askNextest({ tree, folder, file }: AskedOf): Promise<Request> {
  const own = (await tree.read(".config/nextest.toml")) ?? "";
  // A report that the project asks for itself goes where the project wants it.
  if (/^\s*\[profile\.[^\]]*\.junit\]|^\s*junit\s*(=|\.path)/m.test(own)) {
    return { report: { in: "project", path: "target/nextest/**/*.xml", format: "junit" } };
  }
  const config = "nextest.toml";
  return {
    report: { in: "folder", path: reportFile, format: "junit" },
    words: ["--tool-config-file", `calm:${join(folder, config)}`],
    files: { [config]: `[profile.default.junit]\npath = ${JSON.stringify(file)}\n` },
  };
}
