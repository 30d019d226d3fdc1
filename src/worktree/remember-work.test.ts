import { expect, test } from "vitest";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { rememberChanges } from "./remember-work.ts";

test("what cannot be remembered is told, and keeps nobody from an answer; a mistake of calm's own does", async () => {
  const warnings: string[] = [];
  const failing = (error: Error) =>
    rememberChanges(
      {
        now: () => "2026-01-02T03:04:05Z",
        warn: (message: string) => warnings.push(message),
        storeBeyondLease: () => Promise.reject(error),
      } as unknown as Context,
      [{ task: "A", paths: ["f"] }],
    );
  await failing(new Failure("busy", "The database is held", { hint: "Try again" }));
  expect(warnings).toEqual([expect.stringMatching(/calm status: The database is held/)]);
  await expect(failing(new TypeError("no"))).rejects.toThrow(TypeError);
});
