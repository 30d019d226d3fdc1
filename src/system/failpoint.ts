import { writeSync } from "node:fs";
import { env, kill, pid } from "node:process";

/** Two variables, so that neither a typing error nor an inherited environment can arm a calm that somebody uses. */
const wanted = env["CALM_TEST"] === "1" ? env["CALM_FAILPOINT"] : undefined;
const [at, whom] = wanted?.split(":") ?? [];

let reached = 0;

/**
 * The boundary after a step of a journaled operation, by the name of what has just been done. With CALM_TEST=1 and
 * CALM_FAILPOINT=<n or name>[:group] the process kills itself (or its process group) at the n-th boundary that it
 * reaches, or at the first one of that name, and tells on stderr each one that it passes; without them it does nothing.
 */
export function failpoint(name: string): void {
  if (wanted === undefined) return;
  reached += 1;
  writeSync(2, `failpoint ${reached} ${name}\n`);
  if (at === name || at === String(reached)) kill(whom === "group" ? 0 : pid, "SIGKILL");
}
