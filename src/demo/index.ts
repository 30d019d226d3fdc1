import type { CommandEntry } from "../cli/command.ts";

/** How the demo is found. */
export const demo: CommandEntry = { name: "demo", load: async () => (await import("./demo.ts")).demo };
