import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { program, start } from "../support/real-calm.ts";
import { createWorld, type World } from "../support/world.ts";

/** The words that run a command to which every disk is one of NFS: strace writes its number into what statfs(2) gives. */
const onNfs = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=statfs"].concat(
  "-e",
  "inject=statfs:poke_exit=@arg2=6969000000000000",
);

// The number stands first in the structure, eight bytes long and the lowest first.
const possible =
  ["x64", "arm64"].includes(process.arch) && spawnSync("strace", [...onNfs.slice(1), "true"]).status === 0;

async function calm(world: World, before: readonly string[], line: string) {
  const argv = [...before, process.execPath, program, ...line.split(" ")];
  return start(argv, { cwd: world.repository, env: world.env }).ended;
}

test.skipIf(!possible)(
  "D15: no database is made on a network disk; doctor tells of one that lies there",
  async () => {
    const world = createWorld();
    const refused = await calm(world, onNfs, "task create SPEC-1 One");
    expect(refused.exitCode, refused.err).toBe(8);
    expect(refused.err).toMatch(/^error: .* lies on a network file system \(NFS\)/m);
    expect(refused.err).toMatch(/^hint: .*export CALM_HOME=<folder>$/m);
    const made = readdirSync(world.env["CALM_HOME"] ?? "").filter((name) => name.startsWith("metadata"));
    expect(made).toEqual([]);
    // One that was brought there is not closed to its owner, who must be able to take it elsewhere.
    expect((await calm(world, [], "task create SPEC-1 One")).exitCode).toBe(0);
    expect((await calm(world, onNfs, "task list")).out).toContain("SPEC-1");
    const told = await calm(world, onNfs, "doctor");
    expect([told.exitCode, told.out]).toEqual([
      0,
      expect.stringMatching(/^! database .*NFS.*only one machine/m),
    ]);
  },
);
