import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { scratchRepository, type ScratchRepository } from "../../test/support/scratch-repository.ts";
import { hasCode } from "../system/files.ts";
import { openRepository } from "./repository.ts";

function readerOf({ root, env }: ScratchRepository, signal?: AbortSignal) {
  return openRepository({ commonDir: join(root, ".git"), root, env, signal }).objects;
}

/** A folder for PATH with a git that does something else. */
function fakeGit({ root }: ScratchRepository, script: string): string {
  const folder = join(root, "..", "fake-git");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "git"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "git"), 0o755);
  return folder;
}

/** The processes of `git cat-file` that stay in a repository. */
function readersIn(root: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 0)
    .filter((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, "latin1");
        const command = readFileSync(`/proc/${pid}/cmdline`, "latin1");
        return environment.includes(`GIT_DIR=${join(root, ".git")}`) && command.includes("--batch-command");
      } catch {
        return false; // gone meanwhile
      }
    });
}

test("many questions at once, of all sizes, are answered by one process", async () => {
  const scratch = scratchRepository();
  const texts = ["", "a", "line\nbreak\n", "x".repeat(3_000_000), "\0\n missing\n", "ü".repeat(100_000)];
  const ids = texts.map((text) =>
    execFileSync("git", ["hash-object", "-w", "--stdin"], {
      cwd: scratch.root,
      env: scratch.env,
      input: text,
    })
      .toString()
      .trim(),
  );
  const reader = readerOf(scratch);
  const absent = "0123456789".repeat(4);
  const asked = [...ids, absent, ...ids.toReversed()];
  const answers = await Promise.all(asked.map((id) => reader.read(id)));
  expect(answers.map((one) => one?.bytes.toString("utf8"))).toEqual([
    ...texts,
    undefined,
    ...texts.toReversed(),
  ]);
  expect(readersIn(scratch.root)).toHaveLength(1);
});

test("a reader that is not asked ends, and another one begins", async () => {
  const scratch = scratchRepository();
  const head = scratch.git(["rev-parse", "HEAD"]);
  const reader = readerOf(scratch);
  await reader.read(head);
  expect(readersIn(scratch.root)).toHaveLength(1);
  await expect.poll(() => readersIn(scratch.root), { timeout: 5000 }).toHaveLength(0);
  const later = scratch.commit("later", { "later.txt": "x" });
  expect((await reader.read(later))?.type).toBe("commit");
});

test("what another process writes meanwhile is found", async () => {
  const scratch = scratchRepository();
  const reader = readerOf(scratch);
  await reader.read(scratch.git(["rev-parse", "HEAD"]));
  const later = scratch.commit("later", { "later.txt": "x" });
  scratch.git(["gc", "--quiet", "--prune=now"]);
  expect((await reader.read(later))?.type).toBe("commit");
});

test("a reader that is killed with a question open says so, and the next question is answered", async () => {
  const scratch = scratchRepository();
  const shim = fakeGit(scratch, "sleep 5");
  const path = `${shim}:${scratch.env["PATH"] ?? ""}`;
  const reader = readerOf({ ...scratch, env: { ...scratch.env, PATH: path } });
  const head = scratch.git(["rev-parse", "HEAD"]);
  const failed = expect(reader.read(head)).rejects.toMatchObject({ code: "git_failed" });
  await sleep(100);
  for (const pid of shellsOf(shim)) killGroup(pid);
  await failed;
  rmSync(join(shim, "git"));
  expect((await reader.read(head))?.type).toBe("commit");
});

/** Kills a group by its leader; a process that a shell has just forked still looks like one, and goes with its own. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!hasCode(error, "ESRCH")) throw error;
  }
}

function shellsOf(shim: string): number[] {
  return readdirSync("/proc").flatMap((name) => {
    try {
      return readFileSync(`/proc/${name}/cmdline`, "latin1").includes(join(shim, "git"))
        ? [Number(name)]
        : [];
    } catch {
      return []; // no process, or gone
    }
  });
}

test("an interrupted reader ends with the reason of the signal", async () => {
  const scratch = scratchRepository();
  const shim = fakeGit(scratch, "sleep 5");
  const stop = new AbortController();
  const env = { ...scratch.env, PATH: `${shim}:${scratch.env["PATH"] ?? ""}` };
  const answer = readerOf({ ...scratch, env }, stop.signal).read("0".repeat(40));
  const failed = expect(answer).rejects.toThrow("enough");
  await sleep(50);
  stop.abort(new Error("enough"));
  await failed;
});

test("a git that is missing, and one that is too old, are told", async () => {
  const scratch = scratchRepository();
  const ask = (path: string) =>
    readerOf({ ...scratch, env: { ...scratch.env, PATH: path } }).read("0".repeat(40));
  await expect(ask(join(scratch.root, "none"))).rejects.toMatchObject({ code: "git_failed" });
  const version = '[ "$1" = version ] && echo git version 2.25.1 && exit';
  const shim = fakeGit(scratch, `${version}; echo unknown switch >&2; exit 129`);
  await expect(ask(`${shim}:/usr/bin:/bin`)).rejects.toMatchObject({ code: "git_too_old" });
});

test("small objects are kept for another process, which knows them without a git; large ones are read again", async () => {
  const scratch = scratchRepository();
  const store = (input: string): string =>
    execFileSync("git", ["hash-object", "-w", "--stdin"], { cwd: scratch.root, env: scratch.env, input })
      .toString()
      .trim();
  const [small, binary, large] = [store("a\n"), store("\0\u00ff"), store("x".repeat(20_000))];
  const many = Array.from({ length: 5 }, (_, index) => store(String(index).repeat(16_000)));
  const reader = readerOf(scratch);
  for (const id of [small, large, ...many, binary]) await reader.read(id);
  const kept = reader.kept();
  expect(Object.keys(kept)).toEqual([small, ...many.slice(0, 2), binary]);
  const other = readerOf({ ...scratch, env: { ...scratch.env, PATH: "/nonexistent" } });
  other.know(JSON.parse(JSON.stringify(kept)) as typeof kept);
  for (const id of [small, binary]) expect(await other.read(id)).toEqual(await reader.read(id));
  await expect(other.read(large)).rejects.toMatchObject({ code: "git_failed" });
});
