import { installedGit } from "../git/version.ts";
import { oldestSqlite, sqliteVersion } from "../store/sqlite.ts";
import { nodeVersion } from "../system/runtime.ts";
import type { Examination, Finding, Machine } from "./examination.ts";

const oldestNode = [20, 19];

/** The programs that calm stands on are new enough. */
export const tools: Examination<Machine> = {
  name: "tools",
  async examine({ context }) {
    const git = await installedGit(context.env, context.cwd);
    const [node, sqlite] = [nodeVersion(), sqliteVersion()];
    const findings: Finding[] = [];
    const tooOld = (what: string, needed: string, command: string): void => {
      findings.push({ state: "problem", message: `${what} is too old; calm needs ${needed}`, command });
    };
    if (git.tooOld) tooOld(`git ${git.version}`, "2.38", "git version");
    if (isOlder(node, oldestNode)) tooOld(`node ${node}`, oldestNode.join("."), "node --version");
    if (isOlder(sqlite, oldestSqlite))
      tooOld(`SQLite ${sqlite}`, oldestSqlite.join("."), "npm install --global calm@latest");
    return { summary: `git ${git.version}, node ${node}, SQLite ${sqlite}`, findings };
  },
};

function isOlder(version: string, oldest: readonly number[]): boolean {
  const parts = version.split(".").map(Number);
  const differs = oldest.findIndex((least, index) => parts[index] !== least);
  return differs !== -1 && (parts[differs] ?? 0) < (oldest[differs] ?? 0);
}
