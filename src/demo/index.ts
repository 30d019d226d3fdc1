import type { CliOptions, CommandEntry } from "../cli/command.ts";
import type { Environment } from "../context.ts";

/** Opens contexts in a world of another environment and directory. */
export type OpenIn = (env: Environment, cwd: string) => CliOptions["openContext"];

/** How the demo is found; it needs a world of its own to play in. */
export function demo(openIn: OpenIn): CommandEntry {
  return { name: "demo", load: async () => (await import("./demo.ts")).createDemo(openIn) };
}
