import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { hasCode } from "../system/files.ts";
import type { Repository } from "./repository.ts";

/** The key of the attributes of a person, and of the rules by which files are ignored everywhere. */
const asked = "^core\\.(attributesfile|excludesfile)$";

/**
 * The ignore rules of the person and the repository, which begin at the root of a working tree, for working trees that
 * are folders of one root. undefined where other rules begin there that cannot be told anew: only git can apply them.
 */
export async function rulesBelowRoot(repository: Repository): Promise<Buffer | undefined> {
  const { commonDir, env } = repository;
  const answer = await repository.run(["config", "-z", "--type=path", "--get-regexp", asked], {
    answers: [0, 1],
  });
  const settings = new Map(
    answer.stdout
      .toString("utf8")
      .split("\0")
      .map((entry) => entry.split("\n") as [string, string]),
  );
  const personal = join(env["XDG_CONFIG_HOME"] || join(env["HOME"] ?? "/", ".config"), "git");
  const attributes = settings.get("core.attributesfile") ?? join(personal, "attributes");
  const ignored = settings.get("core.excludesfile") ?? join(personal, "ignore");
  if (![attributes, ignored].every(isAbsolute)) return undefined;
  const anchored = [attributes, join(commonDir, "info/attributes")].some((path) =>
    /^\s*[^\s#]*\//m.test(readRules(path)),
  );
  const rules = [ignored, join(commonDir, "info/exclude")].map((path) => oneFolderDeeper(readRules(path)));
  return anchored ? undefined : Buffer.from(rules.join("\n"), "latin1");
}

/** Byte for byte; empty when there is no such file. */
function readRules(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].some((code) => hasCode(error, code))) return "";
    throw error;
  }
}

/** Rules with a slash before their end begin at the root: now at each of its folders. */
export function oneFolderDeeper(rules: string): string {
  return rules.replaceAll(/^(!?)\/?((?![#!/])[^\r\n]*)/gm, (line, not: string, rule: string) => {
    const isAnchored = line.replace(/^!/, "").trimEnd().replace(/\/$/, "").includes("/");
    return isAnchored ? `${not}/*/${rule}` : line;
  });
}
