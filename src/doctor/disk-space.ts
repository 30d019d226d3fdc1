import { pathExists } from "../system/files.ts";
import { freeBytes } from "../system/runtime.ts";
import type { Examination, Finding, Machine } from "./examination.ts";
import { shellQuote } from "../model/shell-quote.ts";

const megabyte = 1e6;
const scarce = 500 * megabyte;
const nothing = 50 * megabyte;

/** There is room for checks, worktrees and the database. */
export const diskSpace: Examination<Machine> = {
  name: "disk space",
  async examine({ context }) {
    const places = new Map([[context.home.root, "CALM_HOME"]]).set(context.cwd, "this directory");
    const findings: Finding[] = [];
    for (const [path, name] of places) {
      const free = pathExists(path) ? await freeBytes(path) : Number.POSITIVE_INFINITY;
      if (free >= scarce) continue;
      const message = `only ${Math.floor(free / megabyte)} MB are free where ${name} lies (${path})`;
      findings.push({
        state: free < nothing ? "problem" : "warning",
        message,
        command: `df -h ${shellQuote(path)}`,
      });
    }
    return { summary: "enough is free", findings };
  },
};
