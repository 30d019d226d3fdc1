import { expect, test } from "vitest";
import * as z from "zod/mini";
import { emptyConfig, ProjectConfig } from "./config.ts";

test("the configuration of a project without one is what the schema makes of nothing", () => {
  expect(emptyConfig).toEqual(z.parse(ProjectConfig, {}));
});
