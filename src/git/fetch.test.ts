import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";

function cloned() {
  const scratch = scratchRepository();
  const { root, folder, env, git } = scratch;
  git(["clone", "--quiet", root, "../clone"]);
  const clone = join(folder, "clone");
  const inClone = (...args: string[]) => git(args, clone);
  return {
    ...scratch,
    clone,
    inClone,
    gateway: createGit({ commonDir: join(clone, ".git"), root: clone, env }),
  };
}

test("fetches branches, no tags, and leaves local branches alone", async () => {
  const { gateway, commit, git, inClone, clone, root } = cloned();
  const before = inClone("rev-parse", "main");
  const second = commit("second");
  git(["tag", "v1"]);
  expect(await gateway.fetch("origin", 20_000)).toBe(true);
  expect(inClone("rev-parse", "origin/main")).toBe(second);
  expect(inClone("rev-parse", "main")).toBe(before);
  expect(inClone("tag")).toBe("");
  expect(await gateway.fetch(".", 1000)).toBe(true);
  const third = commit("third");
  inClone("remote", "set-url", "origin", relative(clone, root));
  expect(await gateway.fetch("origin", 20_000), "by a path from the working tree").toBe(true);
  expect(inClone("rev-parse", "origin/main")).toBe(third);
});

test("a mirror's refspec cannot write over local work", async () => {
  const { gateway, commit, inClone } = cloned();
  inClone("checkout", "--quiet", "--detach");
  inClone("commit", "--quiet", "--allow-empty", "-m", "mine");
  inClone("branch", "--force", "main", "HEAD");
  const mine = inClone("rev-parse", "main");
  commit("second");
  inClone("config", "remote.origin.fetch", "+refs/*:refs/*");
  expect(await gateway.fetch("origin", 20_000)).toBe(false);
  inClone("config", "--add", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*");
  expect(await gateway.fetch("origin", 20_000)).toBe(true);
  expect(inClone("rev-parse", "main")).toBe(mine);
});

test("an unreachable remote, an unknown one and a forbidden transport are told as false", async () => {
  const { gateway, inClone, folder } = cloned();
  const refspec = "+refs/heads/*:refs/remotes/x/*";
  const canary = join(folder, "canary");
  for (const url of [join(folder, "nowhere"), `ext::touch ${canary}`]) {
    inClone("config", "remote.x.url", url);
    inClone("config", "remote.x.fetch", refspec);
    expect(await gateway.fetch("x", 20_000), url).toBe(false);
  }
  expect(existsSync(canary)).toBe(false);
  for (const remote of ["unknown", "--upload-pack=touch", ""])
    expect(await gateway.fetch(remote, 20_000)).toBe(false);
});

test("M19: a black hole ends at the timeout, with all its processes, and nobody asks for a password", async () => {
  const { clone, inClone, env, folder } = cloned();
  const ssh = join(folder, "ssh");
  const note = join(folder, "note");
  writeFileSync(
    ssh,
    `#!/bin/sh\necho "$$ $GIT_ASKPASS-$SSH_ASKPASS-$GIT_TERMINAL_PROMPT" > ${note}\nsleep 60 & wait\n`,
  );
  chmodSync(ssh, 0o755);
  inClone("config", "core.sshCommand", ssh);
  inClone("remote", "set-url", "origin", "ssh://example.invalid/x");
  const asking = { ...env, GIT_ASKPASS: ssh, SSH_ASKPASS: ssh };
  const gateway = createGit({ commonDir: join(clone, ".git"), root: clone, env: asking });
  const started = Date.now();
  expect(await gateway.fetch("origin", 600)).toBe(false);
  expect(Date.now() - started).toBeLessThan(20_000);
  const { readFileSync } = await import("node:fs");
  const [pid = "", asks] = readFileSync(note, "utf8").trim().split(" ");
  expect(asks).toBe("--0");
  expect(existsSync(`/proc/${pid}/cwd`)).toBe(false);
});
