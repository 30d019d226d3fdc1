import { mkdirSync, readFileSync, statSync } from "node:fs";

// For the few looks before a gate's command starts: to load what does them later takes longer than all of them.

/** The text of a file; undefined where there is none, which most are asked for to find out and costs no error. */
export function readTextNow(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false }) && readFileSync(path, "utf8");
}

/** Makes a private folder with those above it. */
export function makePrivateFolderNow(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}
