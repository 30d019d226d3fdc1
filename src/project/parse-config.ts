import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import en from "zod/v4/locales/en.js";
import * as z from "zod/mini";
import { Failure } from "../failure.ts";
import { closest } from "../model/closest.ts";
import { keysAt, ProjectConfig } from "../model/config.ts";

/** The configuration that a text holds; Failure invalid_config with file, line and path. */
export function parseConfig(text: string, file: string): ProjectConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineAt = (offset: number | undefined): number =>
    offset === undefined ? 1 : lines.linePos(offset).line;
  const [mistake] = [...document.errors, ...document.warnings];
  if (mistake) throw invalid(file, lineAt(mistake.pos[0]), "", bareMessage(mistake.message));
  let value: unknown;
  try {
    value = document.toJS() ?? {};
  } catch (error) {
    // An alias of nothing, or of too much.
    throw invalid(file, lineAt(firstAlias(document)), "", error instanceof Error ? error.message : "");
  }
  z.config(en());
  const parsed = ProjectConfig.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const { path, message } = explain(parsed.error.issues[0], []);
  throw invalid(file, lineAt(placeOf(document.contents, path)), path.join("."), message);
}

/** The failure for something that only the whole project shows to be wrong, at its place in the text. */
export function configMistake(
  text: string,
  file: string,
  path: readonly PropertyKey[],
  message: string,
): Failure {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const place = placeOf(document.contents, path);
  return invalid(file, place === undefined ? 1 : lines.linePos(place).line, path.join("."), message);
}

function invalid(file: string, line: number, path: string, message: string): Failure {
  const where = path === "" ? "" : ` ${path}:`;
  return new Failure("invalid_config", `${file}:${line}:${where} ${message}`, {
    hint: "Compare it with: calm schema config",
    details: { file, line, path },
  });
}

/** The first line of what the parser of YAML says, without the place, which stands before it here. */
function bareMessage(message: string): string {
  return (message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "");
}

function firstAlias(document: Document): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Alias(_key, node) {
      offset = node.range?.[0];
      return visit.BREAK;
    },
  });
  return offset;
}

interface Mistake {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function explain(issue: z.core.$ZodIssue | undefined, above: readonly PropertyKey[]): Mistake {
  if (!issue) return { path: above, message: "is invalid" };
  const path = [...above, ...issue.path];
  if (issue.code === "invalid_key") return { path, message: issue.issues[0]?.message ?? issue.message };
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const near = closest(key, keysAt(path));
    return { path: [...path, key], message: `is unknown${near ? `. Did you mean ${near}?` : ""}` };
  }
  if (issue.code === "invalid_value" && issue.values.length > 1) {
    const near = typeof issue.input === "string" ? closest(issue.input, issue.values.map(String)) : undefined;
    return { path, message: `${issue.message}${near ? `. Did you mean ${near}?` : ""}` };
  }
  if (issue.code !== "invalid_union") return { path, message: issue.message };
  const missing = neitherOrBoth(issue.input);
  // The way of writing it that fits best is the one that was meant.
  const [best = []] = [...issue.errors].sort((one, other) => one.length - other.length);
  const unknown = best.find(({ code }) => code === "unrecognized_keys");
  if (missing !== undefined && (missing.both || !unknown)) return { path, message: missing.message };
  return explain(unknown ?? best[0], path);
}

/** What is wrong with a check that says neither how it runs nor why it does not, or both. */
function neitherOrBoth(check: unknown): { readonly both: boolean; readonly message: string } | undefined {
  const keys = typeof check === "object" && check !== null ? Object.keys(check) : [];
  if (keys.includes("run") && keys.includes("none"))
    return { both: true, message: "has both run and none; a check has one of them" };
  if (keys.includes("run") || keys.includes("none")) return undefined;
  return { both: false, message: 'needs { run: "the command" }, or { none: "why it does not apply" }' };
}

/** Offset of the key or value that a path leads to, or of the last one on the way that exists. */
function placeOf(root: Node | null, path: readonly PropertyKey[]): number | undefined {
  let node: unknown = root;
  let place = root?.range?.[0];
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (!pair || !isScalar(pair.key)) return place;
      place = pair.key.range?.[0] ?? place;
      node = pair.value;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(step)];
      if (!isScalar(item) && !isMap(item) && !isSeq(item)) return place;
      place = item.range?.[0] ?? place;
      node = item;
    } else return place;
  }
  return place;
}
