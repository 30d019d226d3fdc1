import type { baseRole, builtinRoles } from "../model/worker.ts";

/** The names that calm has a prompt of its own for. */
type Prompted = (typeof builtinRoles)[number] | typeof baseRole;

/** calm's own prompts; each is loaded when it is asked for. */
export const builtinPrompts: Readonly<Record<Prompted, () => Promise<{ readonly default: string }>>> = {
  _base: () => import("./_base.md"),
  planning: () => import("./planning.md"),
  architect: () => import("./architect.md"),
  "spec-reviewer": () => import("./spec-reviewer.md"),
  "proposal-reviewer": () => import("./proposal-reviewer.md"),
  backend: () => import("./backend.md"),
  frontend: () => import("./frontend.md"),
  qa: () => import("./qa.md"),
  reviewer: () => import("./reviewer.md"),
  "bug-investigator": () => import("./bug-investigator.md"),
  infra: () => import("./infra.md"),
  "doc-writer": () => import("./doc-writer.md"),
  "e2e-runner": () => import("./e2e-runner.md"),
  product: () => import("./product.md"),
  ux: () => import("./ux.md"),
  "ai-dl": () => import("./ai-dl.md"),
};

/** calm's own prompt of this name. */
export async function readBuiltinPrompt(name: string): Promise<string | undefined> {
  const found = Object.entries(builtinPrompts).find(([one]) => one === name);
  return found && (await found[1]()).default;
}
