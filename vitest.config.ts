import { defineConfig } from "vitest/config";
import { markdown } from "./scripts/markdown.mjs";

/**
 * Kills, races, crowds and tools that are slow to start: minutes of them, which CI runs each time and `npm run test:long`
 * here. Single tests that are as slow, and more samples, ask test/support/samples.ts.
 */
const long = [
  "src/checks/command/run-{cargo,runners,unittest}.test.ts",
  "test/examples.test.ts",
  "test/faults/{*-killed,clocks,flipped-byte,network-disk,no-room,oracle,read-only,refused}.test.ts",
  "test/operations/{borrowed-install,gate-void,gate-watch,hostile,original-scripts,parts,regression,regression-proof}.test.ts",
  "test/operations/{runners,running}.test.ts",
  "test/operations/merge-{checkout,configured,documents,push,races,turns,upstream}.test.ts",
  "test/operations/stories-{load,slots}.test.ts",
  "test/operations/{undo-each,undo-merge,undo-push,worker-fencing,worktree-restore}.test.ts",
  "test/processes/{*at-once,live,merge-queue,seed,sessions}.test.ts",
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
    setupFiles: ["test/support/clean-up.ts", "test/support/watch-queries.ts"],
    // Without it a machine of two cores works on one file at a time.
    maxWorkers: "100%",
  },
});
