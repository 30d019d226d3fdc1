import { defineConfig } from "vitest/config";
import { markdown } from "./scripts/markdown.mjs";

/** Kills, races and crowds: minutes of them, which CI runs each time and `npm run test:long` here. */
const long = [
  ...[
    "test/faults/{merge,backup,migrate}-killed.test.ts",
    "test/faults/no-room.test.ts",
    "test/processes/*at-once.test.ts",
  ],
  ...["test/operations/merge-{races,checkout}.test.ts", "test/operations/{running,hostile}.test.ts"],
  ...["test/operations/{regression,regression-proof,gate-void,gate-watch}.test.ts"],
  ...["test/operations/{runners,borrowed-install,stories-load,stories-slots}.test.ts"],
];

export default defineConfig({
  plugins: [markdown],
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: process.env["CALM_TEST_LONG"] === "1" ? [] : long,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    // No file leaves anything behind in its process, and a process for each costs a third of the whole time.
    isolate: false,
    setupFiles: ["test/support/clean-up.ts"],
    // Without it a machine of two cores works on one file at a time.
    maxWorkers: "100%",
  },
});
