import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { must, putInto, runGate } from "../support/operate.ts";
import { createWorld } from "../support/world.ts";

const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();

test("a gate starts few gits, and reads the commits while its command runs", async () => {
  const world = createWorld({
    ".calm/config.yaml":
      'version: 1\nchecks:\n  tests: { run: "sh slow.sh", min_tests: 0 }\n  lint: { none: no }\n  types: { none: no }\n',
    "slow.sh": 'sleep 0.3; echo command >> "$LOG"\n',
  });
  const [log, bin] = [join(world.folder, "log"), join(world.folder, "bin")];
  world.write("git", `#!/bin/sh\necho "$*" | sed -E 's/-c [^ ]+ //g' >> ${log}\nexec ${real} "$@"\n`, bin);
  chmodSync(join(bin, "git"), 0o755);
  const env = { PATH: `${bin}:${world.env["PATH"] ?? ""}`, LOG: log };
  await must(world, "trust --yes");
  await must(world, "task create SPEC-1 Feature");
  putInto(world, "SPEC-1", "IMPLEMENT");
  await must(world, "worktree create SPEC-1");
  world.commit({ "src.js": "1\n" }, "change", world.worktree("SPEC-1"));
  writeFileSync(log, "");
  const { checks } = await runGate(world, "gate check SPEC-1", true, { env });
  expect(checks["no_todos"]?.verdict).toBe("pass");
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  const started = lines.map((line) => line.split(" ")[0]);
  expect(started.slice(0, 2).sort()).toEqual(["cat-file", "status"]);
  // The reader may have rested before the commits are read, and is then started once more.
  expect(started.slice(2).filter((verb) => verb !== "cat-file")).toEqual([
    ...["diff-tree", "diff-tree", "command", "status"],
  ]);
  expect(started.slice(started.indexOf("command") + 1)).toEqual(["status"]);
});
