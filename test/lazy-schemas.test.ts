import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";
import { lazySchemas } from "../scripts/lazy-schemas.mjs";
import { scratchFolder } from "./support/world.ts";

const zod = 'import * as z from "zod/mini";';
const made = `${zod}\nexport const A = z.object({ x: z.string() });\n`;

/** What the build makes of a module that uses a schema of another one; what stops it is an error. */
async function build(uses: string): Promise<string> {
  const root = scratchFolder();
  writeFileSync(join(root, "a.ts"), made);
  writeFileSync(join(root, "main.ts"), uses);
  const bundle = await rolldown({
    input: join(root, "main.ts"),
    external: /^zod/,
    plugins: [lazySchemas(root)],
    onLog: () => undefined,
  });
  const { output } = await bundle.generate({ format: "esm" });
  return output[0].code;
}

const imported = 'import { A } from "./a.ts";';

test("a schema of another module is made where it is used first, under whatever name it came", async () => {
  const uses = 'import { A as Q } from "./a.ts"; export const known = () => [Q, { Q }, new Map([[Q, 1]])];';
  const code = await build(uses);
  expect(code).toMatch(/function A\(\) {\s*return A\$made \?\?= z\.object/);
  expect(code.match(/\bA\(\)/g)).toHaveLength(4);
});

test.each([
  ["handed on", 'export { A } from "./a.ts";', /export A where it is made/],
  ["handed on by another name", 'export { A as B } from "./a.ts";', /export A where it is made/],
  ["handed on with all others", 'export * from "./a.ts";', /export A where it is made/],
  ["imported and handed on", `${imported} export { A };`, /export A where it is made/],
  ["exported in a list", `${zod} const A = z.string(); export { A as B };`, /export A where it is made/],
  ["one of a namespace", 'import * as all from "./a.ts"; export const a = all.A;', /by name/],
  ["a default of a pattern", `${imported} export const { q = A } = globalThis as any;`, /A is the name of/],
  ["a default of a parameter", `${imported} export const f = (q = A) => q;`, /A is the name of/],
  ["another thing inside a function", `${imported} export const f = (A: number) => A;`, /A is the name of/],
])("a schema that is %s stops the build, which cannot follow it", async (_, uses, why) => {
  await expect(build(uses)).rejects.toThrow(why);
});
