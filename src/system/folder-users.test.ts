import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { scratchFolder } from "../../test/support/world.ts";
import { findUsers } from "./folder-users.ts";

const folder = scratchFolder();

test.runIf(existsSync("/proc/self/cwd"))(
  "a program counts that has its directory in a folder, but not a git of ours with what that starts",
  async () => {
    // As git starts filters, and a git of its own in each submodule.
    const script = "cd . && echo started && read -r end";
    const ours = spawn("git", ["-c", `alias.x=!${script}`, "x"], { cwd: folder });
    await once(ours.stdout, "data");
    expect(findUsers(folder)).toEqual([]);
    const other = spawn("sh", ["-c", script], { cwd: folder });
    await once(other.stdout, "data");
    expect(findUsers(folder)).toMatchObject([{ pid: other.pid, name: "sh", use: "directory" }]);
    const ended = [ours, other].map((child) => once(child, "close"));
    ours.stdin.end("\n");
    other.stdin.end("\n");
    await Promise.all(ended);
    expect(findUsers(folder)).toEqual([]);
  },
);
