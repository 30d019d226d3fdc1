import { defineConfig } from "vitest/config";
import { markdown } from "./scripts/markdown.mjs";

/**
 * Kills, races, crowds and tools that are slow to start: minutes of them, which CI runs each time and `npm run test:long`
 * here. Single tests that are as slow, and more samples, ask test/support/samples.ts.
 */
const long = [
  ...[
    "test/faults/*-killed.test.ts",
    "test/faults/{read-only,no-room}.test.ts",
    "test/processes/{*at-once,live}.test.ts",
  ],
  ...["test/operations/merge-{races,turns,checkout,configured,push}.test.ts"],
  ...["test/operations/{running,hostile,worktree-restore}.test.ts"],
  ...["test/operations/{regression,regression-proof,gate-void,gate-watch}.test.ts"],
  ...["test/operations/{merge-upstream,worker-fencing}.test.ts"],
  "src/checks/command/run-{cargo,unittest}.test.ts",
  ...["test/operations/undo-{each,merge}.test.ts", "test/faults/undo-killed.test.ts"],
  ...["test/operations/{runners,borrowed-install,stories-load,stories-slots}.test.ts"],
];

export default defineConfig({
  plugins: [markdown],
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: process.env["CALM_TEST_LONG"] === "1" ? [] : long,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    // No file leaves anything behind in its process, and a process for each costs a third of the whole time.
    isolate: false,
    // What a process costs to start grows with the memory of the one that starts it, and the tests start thousands.
    execArgv: ["--max-semi-space-size=2"],
    setupFiles: ["test/support/clean-up.ts"],
    // Without it a machine of two cores works on one file at a time.
    maxWorkers: "100%",
  },
});
