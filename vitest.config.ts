import { defineConfig } from "vitest/config";

export default defineConfig({
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
