import { defineConfig } from "vitest/config";
import { markdown } from "./scripts/markdown.mjs";

export default defineConfig({
  plugins: [markdown],
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    // Without it a machine of two cores works on one file at a time.
    maxWorkers: "100%",
  },
});
