import type { Plugin } from "rolldown";

/** Makes the schemas of the program below a folder when they are first used. */
export function lazySchemas(root: string): Plugin;
