import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { during, everything, leftovers, mergeable, mergeRecords, mergeWorld } from "../support/mergeable.ts";
import { dump } from "../support/database.ts";
import { must } from "../support/operate.ts";
import { type Ended, program, start } from "../support/real-calm.ts";
import { scratchFolder, type World } from "../support/world.ts";

/** The words that run a command where a folder cannot be written, not even by root: in a mount namespace of its own. */
function readOnly(folder: string, command: readonly string[]): string[] {
  const script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"';
  const flags = process.getuid?.() === 0 ? "-m" : "-rm";
  return ["unshare", flags, "sh", "-c", script, folder, ...command];
}

function canMount(): boolean {
  const [command = "", ...args] = readOnly(scratchFolder(), ["true"]);
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false; // no unshare, as on macOS, or no right to mount
  }
}

const possible = canMount();

async function run(world: World, folder: string, line: string): Promise<Ended> {
  const argv = [process.execPath, program, ...line.split(" ")];
  const env = { ...world.env, ...during(world).env };
  return start(readOnly(folder, argv), { cwd: world.repository, env }).ended;
}

const home = (world: World): string => world.env["CALM_HOME"] ?? "";

function expectTold({ exitCode, err }: Ended, told: string): void {
  expect([4, 8], `${told}: ${err}`).toContain(exitCode);
  expect(err, told).toMatch(/^error: .*/m);
  expect(err, told).toMatch(/[Rr]ead-only|readonly|EROFS|could not be|cannot be|unable to create/);
  expect(err, told).not.toMatch(/ {4}at |bug in calm/);
}

// Needs a mount that cannot be written; a mode alone does not bind root, and macOS has no namespaces.
test.skipIf(!possible)("a CALM_HOME that cannot be written is told, and nothing has changed", async () => {
  const world = await mergeWorld();
  await mergeable(world, "SPEC-001");
  const [before, rows] = [everything(world), dump(join(home(world), "metadata.db"))];
  for (const line of [
    "task create SPEC-002 Title",
    "worktree remove SPEC-001",
    "worktree merge SPEC-001",
    "backup create b",
  ]) {
    expectTold(await run(world, home(world), line), line);
    expect(everything(world), line).toEqual(before);
    expect(dump(join(home(world), "metadata.db")), line).toEqual(rows);
  }
  expect(leftovers(world)).toEqual([]);
  const none = join(world.folder, "none");
  mkdirSync(none);
  const fresh = { ...world, env: { ...world.env, CALM_HOME: join(none, "home") } };
  expectTold(await run(fresh, none, "task create SPEC-002 Title"), "a first command");
});

test.skipIf(!possible)("a repository that cannot be written is told, and nothing has changed", async () => {
  const world = await mergeWorld();
  await mergeable(world, "SPEC-001");
  await must(world, "task create SPEC-002 Other");
  const before = everything(world);
  for (const line of [
    "worktree merge SPEC-001",
    "worktree create SPEC-002",
    "worktree remove SPEC-001 --force --yes",
  ]) {
    expectTold(await run(world, world.repository, line), line);
    expect(everything(world), line).toEqual(before);
  }
  expect((await run(world, world.repository, "task list")).exitCode).toBe(0);
  // Whoever can write again finds nothing in the way.
  await must(world, "worktree merge SPEC-001", during(world));
  expect([leftovers(world), mergeRecords(world)]).toEqual([[], { merges: 1, open: [], e2e: 1, docs: 1 }]);
});
