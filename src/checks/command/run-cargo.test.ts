import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { runCheck, roomOf } from "./check-run.fixture.ts";

const hasCargo = spawnSync("cargo", ["--version"]).status === 0;

const crate = (name: string) => `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n`;

const files = {
  "Cargo.toml": '[workspace]\nmembers = ["one", "two"]\nresolver = "2"\n',
  "one/Cargo.toml": crate("one"),
  // What unlocks libtest's JSON must not reach the build.
  "one/build.rs": 'fn main() { assert!(std::env::var_os("RUSTC_BOOTSTRAP").is_none()); }\n',
  "one/src/lib.rs": [
    "/// ```",
    "/// assert_eq!(one::add(1, 2), 3);",
    "/// ```",
    "/// ```",
    "/// std::process::exit(0);",
    "/// ```",
    "/// ```ignore",
    "/// later",
    "/// ```",
    "pub fn add(a: i32, b: i32) -> i32 { a + b }",
    "#[cfg(test)]",
    "mod tests {",
    '    #[test] fn adds() { println!("{{\\"type\\""); assert_eq!(super::add(1, 2), 3); }',
    "    #[test] #[ignore] fn later() {}",
    "}",
    "",
  ].join("\n"),
  "one/tests/it.rs": '#[test] fn breaks() { assert_eq!(one::add(2, 2), 5, "no"); }\n',
  "two/Cargo.toml": crate("two"),
  "two/src/lib.rs": "#[test] fn in_two() {}\n",
  "two/tests/exits.rs": "#[test] fn exits() { std::process::exit(0); }\n",
};

test.skipIf(!hasCargo)(
  "cargo for real: unit, integration and doc tests of a workspace, cold and warm",
  async () => {
    const path = roomOf(files);
    const argv = ["cargo", "test", "--workspace", "--no-fail-fast", "--offline"];
    const run = () => runCheck(files, { run: { kind: "argv", argv } }, { room: { path, kind: "clean" } });
    const cold = await run();
    expect(cold).toMatchObject({
      verdict: "fail",
      exitCode: 101,
      counts: { total: 8, passed: 4, failed: 1, errors: 1, skipped: 2 },
    });
    expect(cold.failedTests).toEqual([
      { name: "breaks", message: expect.stringContaining("`left == right` failed: no") as string },
      { name: "exits", message: "The test did not end: its process did." },
    ]);
    expect(cold.tail.slice(0, 1)).toEqual(["breaks:"]);
    const warm = await run();
    expect(warm.counts).toEqual(cold.counts);
    // A build for calm is no other build than the developer's own.
    const own = spawnSync("cargo", [...argv.slice(1), "--no-run"], { cwd: path, encoding: "utf8" });
    expect(own.stderr).toContain("Finished");
    expect(own.stderr).not.toContain("Compiling");
    const broken = await runCheck(
      files,
      { run: { kind: "argv", argv: [...argv, "--test", "none"] } },
      { room: { path, kind: "clean" } },
    );
    expect(broken).toMatchObject({ verdict: "fail", exitCode: 101, counts: null });
    expect(broken.tail.join("\n")).toContain("no test target named `none`");
  },
  120_000,
);
