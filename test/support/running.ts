import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { query } from "./database.ts";
import { must, putInto, trivialWorld } from "./operate.ts";
import type { World } from "./world.ts";

const others: Readonly<Record<string, string>> = {
  tests: '{ run: "true", min_tests: 0 }',
  lint: '{ none: "no linter" }',
  types: '{ none: "plain JavaScript" }',
};

/** A world whose checks run these commands, as YAML; the standard ones that are not named cost nothing. */
export async function runningWorld(checks: Readonly<Record<string, string>>, more = ""): Promise<World> {
  const lines = Object.entries({ ...others, ...checks }).map(([name, text]) => `  ${name}: ${text}`);
  return trivialWorld(`version: 1\n${more}checks:\n${lines.join("\n")}\n`);
}

/** A task in a phase, with a worktree and one commit; tasks of equal text have equal trees. */
export async function taskIn(world: World, id: string, phase: string, text = "1\n"): Promise<void> {
  await must(world, ["task", "create", id, "Title"]);
  await must(world, ["worktree", "create", id]);
  world.commit({ "src/new.js": text }, "work", world.worktree(id));
  // What a worktree's creation writes is named after its task, and would make each tree another one.
  world.git(["rm", "-r", "--quiet", "--ignore-unmatch", "planning_docs", "bug_reports"], world.worktree(id));
  world.git(["commit", "--quiet", "--allow-empty", "--message", "tidy"], world.worktree(id));
  putInto(world, id, phase);
}

/** A file that commands append lines to, under the name of a variable. */
export function notebook(
  world: World,
  name: string,
): { readonly env: Readonly<Record<string, string>>; readonly lines: () => string[] } {
  const path = join(world.folder, `notes-${name}`);
  const lines = (): string[] =>
    existsSync(path)
      ? readFileSync(path, "utf8")
          .split("\n")
          .filter((line) => line !== "")
      : [];
  return { env: { [name]: path }, lines };
}

/** The most commands that ran at once, by lines `start` and `end` that each has written. */
export function mostAtOnce(lines: readonly string[]): number {
  let [now, most] = [0, 0];
  for (const line of lines) {
    now += line === "start" ? 1 : -1;
    most = Math.max(most, now);
  }
  return most;
}

/** Rows of the world's database. */
export function rows<T = Record<string, unknown>>(world: World, sql: string): T[] {
  return query<T>(join(world.env["CALM_HOME"] ?? "", "metadata.db"), sql);
}

/** What must be gone when nothing runs any more. */
export function heldRows(world: World): unknown {
  return {
    slots: rows(world, "select * from command_slots"),
    checks: rows(world, "select * from checks_under_way"),
    rooms: rows(world, "select number from slots where pid is not null"),
  };
}

/** Nothing is held. */
export const nothingHeld = { slots: [], checks: [], rooms: [] };
