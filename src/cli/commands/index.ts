import type { CommandEntry } from "../command.ts";

/** The only list of what calm can do beyond operations, in the order of help. */
export const commands: readonly CommandEntry[] = [
  { name: "schema", load: async () => (await import("./schema.ts")).schema },
  { name: "completion", load: async () => (await import("./completion.ts")).completion },
  { name: "complete", hidden: true, load: async () => (await import("./complete.ts")).complete },
];
