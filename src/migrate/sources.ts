import { realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { lookAtDatabase, readAside, readSource } from "../store/original/open-source.ts";
import type { Original } from "../store/original/original-row.ts";
import { pathExists } from "../system/files.ts";

/** A database of the original's, read; `home` lies where calm's own should be, `aside` was adopted before. */
export interface Source {
  readonly path: string;
  readonly place: "file" | "home" | "aside";
  readonly original: Original;
}

/** Where the bash original kept the database of a repository; it was called otherwise for a while. */
const inRepository = [".claude/claws.db", ".claude/clams.db"];

/** Where a repository's own database of the original's lies; undefined where there is none. */
export function findInRepository(root: string): string | undefined {
  return inRepository.map((name) => join(root, name)).find(pathExists);
}

/** Reads the file that was named, or every one that is found; Failure original_not_found. */
export async function readSources(context: Context, file: string | undefined): Promise<Source[]> {
  const places = file === undefined ? await usualPlaces(context) : [resolve(context.cwd, file)];
  const sources: Source[] = [];
  for (const path of places) {
    if (!pathExists(path)) continue;
    const source = await readAt(context, path, file !== undefined);
    if (source) sources.push(source);
  }
  if (sources.length > 0) return sources;
  throw new Failure(
    "original_not_found",
    `Nothing of the original was found. Looked at ${places.join(", ")}`,
    {
      hint: "Name the file: calm migrate <path of metadata.db or claws.db>",
      details: { looked_at: places },
    },
  );
}

async function usualPlaces(context: Context): Promise<string[]> {
  const { home } = context;
  const { root } = await context.project();
  const homes = [home.database, join(home.root, "metadata.db")];
  return [...new Set([...homes, ...inRepository.map((name) => join(root, name))])];
}

async function readAt(context: Context, path: string, named: boolean): Promise<Source | undefined> {
  const isHome = isSameFile(path, context.home.database);
  const found = lookAtDatabase(path);
  if (found === "own") {
    const original = isHome ? readAside(path) : undefined;
    if (original) return { path, place: "aside", original };
    // calm's own database lies in the usual place of course; only naming it is a mistake.
    if (!named) return undefined;
  }
  return { path, place: isHome ? "home" : "file", original: await readSource(path) };
}

function isSameFile(one: string, other: string): boolean {
  return pathExists(one) && pathExists(other) && realpathSync(one) === realpathSync(other);
}
