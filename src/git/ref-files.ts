import { lstatSync } from "node:fs";
import { join } from "node:path";
import { readSetting } from "./config-text.ts";
import { readEntries, readText } from "./local-files.ts";
import { isObjectId, isRefName } from "./ref-name.ts";

/** What files say about a ref; "ask" where only git itself can tell. */
type RefFact = { readonly commit: string | undefined } | "ask";

/** HEAD as its file says it; "ask" where only git itself can tell. */
type HeadFileFact = { readonly branch: string | undefined; readonly commit: string | undefined } | "ask";

/** Only here are names shared by all worktrees and objects always commits. */
const plain = /^refs\/(heads|remotes|calm)\//;
const deepestLink = 5;

/** HEAD of a git directory, read from its file. */
export function readHead(gitDir: string, commonDir: string): HeadFileFact {
  const path = join(gitDir, "HEAD");
  if (!hasRefFiles(commonDir) || lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return "ask";
  const text = (readText(path) ?? "").trimEnd();
  if (isObjectId(text)) return { branch: undefined, commit: text };
  const branch = linkTarget(text);
  if (branch?.startsWith("refs/heads/") !== true) return "ask";
  const fact = follow(commonDir, branch);
  return fact === "ask" ? "ask" : { branch, commit: fact.commit };
}

/** A ref, read from its own file or from packed-refs; a link to another ref is followed. */
export function readRef(commonDir: string, ref: string): RefFact {
  if (!isRefName(ref)) return { commit: undefined };
  return hasRefFiles(commonDir) ? follow(commonDir, ref) : "ask";
}

function follow(commonDir: string, ref: string, depth = 0): RefFact {
  if (!plain.test(ref) || depth > deepestLink) return "ask";
  // In this order: packing writes packed-refs before it removes the single files.
  const text = readText(join(commonDir, ref))?.trimEnd();
  if (text === undefined) return { commit: findPacked(readText(join(commonDir, "packed-refs")) ?? "", ref) };
  if (isObjectId(text)) return { commit: text };
  const target = linkTarget(text);
  return target === undefined ? "ask" : follow(commonDir, target, depth + 1);
}

/** The ref that a symbolic ref leads to directly; undefined for every other ref. */
export function readLink(commonDir: string, ref: string): string | undefined {
  return linkTarget((readText(join(commonDir, ref)) ?? "").trimEnd());
}

/** All refs below a prefix that ends with `/`; "ask" where only git itself can tell. */
export function readRefsBelow(commonDir: string, prefix: string): ReadonlyMap<string, string> | "ask" {
  if (!plain.test(prefix) || !hasRefFiles(commonDir)) return "ask";
  const loose = looseRefs(commonDir, prefix.slice(0, -1));
  const all = parsePackedRefs(readText(join(commonDir, "packed-refs")) ?? "", prefix);
  for (const ref of loose) {
    const fact = follow(commonDir, ref);
    if (fact === "ask") return "ask";
    if (fact.commit !== undefined) all.set(ref, fact.commit);
  }
  return new Map([...all].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The id of one ref in the text of packed-refs. */
export function findPacked(text: string, ref: string): string | undefined {
  const at = text.indexOf(` ${ref}\n`);
  const id = at < 0 ? "" : text.slice(text.lastIndexOf("\n", at) + 1, at);
  return isObjectId(id) ? id : undefined;
}

/** The refs below a prefix in the text of packed-refs. */
export function parsePackedRefs(text: string, prefix: string): Map<string, string> {
  const refs = new Map<string, string>();
  for (const line of text.split("\n")) {
    const space = line.indexOf(" ");
    const [id, ref] = [line.slice(0, space), line.slice(space + 1)];
    if (ref.startsWith(prefix) && isObjectId(id)) refs.set(ref, id);
  }
  return refs;
}

/** Whether refs lie in files as they always did, and not in a reftable or what may come. */
function hasRefFiles(commonDir: string): boolean {
  const config = readText(join(commonDir, "config")) ?? "";
  return (
    readSetting(config, "extensions", "refstorage") === undefined &&
    lstatSync(join(commonDir, "reftable"), { throwIfNoEntry: false }) === undefined
  );
}

function linkTarget(text: string): string | undefined {
  const target = /^ref:\s*(\S+)$/.exec(text)?.[1];
  return target !== undefined && isRefName(target) ? target : undefined;
}

function looseRefs(commonDir: string, folder: string): string[] {
  return readEntries(join(commonDir, folder)).flatMap((entry) => {
    const ref = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return looseRefs(commonDir, ref);
    return isRefName(ref) ? [ref] : [];
  });
}
