import { defineConfig } from "vitest/config";
import { markdown } from "./scripts/markdown.mjs";

export default defineConfig({
  plugins: [markdown],
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
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
