import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { must } from "../support/operate.ts";
import { realCalm } from "../support/real-calm.ts";
import { addTask, begin, storyConfig } from "../support/stories.ts";

test("B25 two gate checks at once never run more commands than the machine has cores", async () => {
  const cores = availableParallelism();
  const names = Array.from({ length: cores + 1 }, (_, index) => `busy${index}`);
  // Equal commands would share one run.
  const busy = names.map(
    (name) => `${name}: { run: "echo + >> $LOG; sleep 0.4; echo - >> $LOG; : ${name}" }`,
  );
  const config = storyConfig(
    `tests: { run: "true", min_tests: 0 }\n${busy.join("\n")}`,
    `gates:\n  IMPLEMENT-CODE_REVIEW: { add: [${names.join(", ")}] }`,
  );
  const { world } = await begin(config);
  await addTask(world, "SPEC-002", { "src/other.js": "2\n" });
  await must(world, "trust --yes");
  const log = join(world.folder, "log");
  const place = { cwd: world.repository, env: { ...world.env, LOG: log } };
  const both = await Promise.all(
    ["SPEC-001", "SPEC-002"].map((task) => realCalm(["gate", "check", task], place)),
  );
  expect(
    both.map(({ exitCode }) => exitCode),
    both.map(({ out, err }) => out + err).join(),
  ).toEqual([0, 0]);
  let [now, most] = [0, 0];
  const marks = readFileSync(log, "utf8").trimEnd().split("\n");
  for (const mark of marks) {
    now += mark === "+" ? 1 : -1;
    most = Math.max(most, now);
  }
  expect([marks.length, now]).toEqual([4 * names.length, 0]);
  expect(most).toBeLessThanOrEqual(cores);
  expect(most).toBeGreaterThan(0);
});
