import type { Plugin } from "vitest/config";

/** Makes a Markdown file a module whose default export is its text; for rolldown and for vite. */
export declare const markdown: Plugin;
