import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { hasCode, lookAt, pathExists } from "../system/files.ts";
import { answeredLine } from "./failures.ts";
import type { Repository } from "./repository.ts";

/**
 * The ignore rules of the person and the repository, which begin at the root of a working tree, for working trees that
 * are folders of one root. undefined where other rules begin there that cannot be told anew, or where the configuration
 * may be another one in each of them: only git can apply them.
 */
export async function rulesBelowRoot(repository: Repository): Promise<Buffer | undefined> {
  const { attributes, ignored, differs } = await placesOfRules(repository);
  if (differs || ![...attributes, ...ignored].every(isAbsolute)) return undefined;
  const anchored = attributes.some((path) => /^\s*[^\s#]*\//m.test(readRules(path)));
  const rules = ignored.map((path) => oneFolderDeeper(readRules(path)));
  return anchored ? undefined : Buffer.from(rules.join("\n"), "latin1");
}

/**
 * Whether git applies the same rules to a working tree when it sees it as a folder of the one above: nothing of that
 * folder reaches into it, and it has no macro, which git knows from the root of a working tree only. `index` is asked
 * where its attributes lie in no file.
 */
export function keepsItsRulesBelow(worktree: string, index?: Buffer): boolean {
  const above = dirname(worktree);
  if ([".gitignore", ".gitattributes"].some((name) => pathExists(join(above, name)))) return false;
  const attributes = join(worktree, ".gitattributes");
  // As git does: a link is no such file.
  if (lookAt(attributes)?.isFile() !== true) return index?.includes("\x0e.gitattributes\0") !== true;
  return !/^\s*\[attr\]/m.test(readRules(attributes));
}

/** The attributes of the person and the repository, besides those in commits. */
export async function commonAttributes(repository: Repository): Promise<string> {
  return (await placesOfRules(repository)).attributes.map(readRules).join("\n");
}

const asked = "^(core\\.(attributesfile|excludesfile|autocrlf)|includeif\\..*\\.path)$";

/** The files with rules that are not in a working tree; the later ones win. */
interface PlacesOfRules {
  /** Whether what git takes for a change depends on where it looks from: on conditions, or on line ends in the index. */
  readonly differs: boolean;
  readonly attributes: readonly string[];
  readonly ignored: readonly string[];
}

/** Asked once for a gateway, which lives as long as one command; its quarantines share its reader. */
const known = new WeakMap<Repository["objects"], Promise<PlacesOfRules>>();

function placesOfRules(repository: Repository): Promise<PlacesOfRules> {
  const places = known.get(repository.objects) ?? askPlaces(repository);
  known.set(repository.objects, places);
  return places;
}

async function askPlaces(repository: Repository): Promise<PlacesOfRules> {
  const { commonDir, env } = repository;
  const args = ["config", "-z", "--type=path", "--get-regexp", asked] as const;
  const answer = await repository.run(args, { answers: [0, 1] });
  const entries = (answeredLine("config", answer) ?? "").split("\0");
  const settings = new Map(entries.map((entry) => entry.split("\n") as [string, string]));
  const conditional = [...settings.keys()].some((name) => name.startsWith("includeif."));
  const personal = join(env["XDG_CONFIG_HOME"] || join(env["HOME"] ?? "/", ".config"), "git");
  return {
    differs: conditional || !["false", undefined].includes(settings.get("core.autocrlf")),
    attributes: [
      settings.get("core.attributesfile") ?? join(personal, "attributes"),
      join(commonDir, "info/attributes"),
    ],
    ignored: [settings.get("core.excludesfile") ?? join(personal, "ignore"), join(commonDir, "info/exclude")],
  };
}

/** Byte for byte; empty when there is no such file, or none that may be read: git passes it over as well. */
function readRules(path: string): string {
  try {
    return readFileSync(path, "latin1").replace(/^\u00ef\u00bb\u00bf/, ""); // a byte order mark, as git does
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES"].some((code) => hasCode(error, code))) return "";
    throw error;
  }
}

/** Rules with a slash before their end begin at the root: now at each of its folders. */
export function oneFolderDeeper(rules: string): string {
  return rules.replaceAll(/^(?!#)(!?)\/?((?!\/)[^\r\n]*)/gm, (line, not: string, rule: string) => {
    const isAnchored = line.replace(/^!/, "").trimEnd().replace(/\/$/, "").includes("/");
    return isAnchored ? `${not}/*/${rule}` : line;
  });
}
