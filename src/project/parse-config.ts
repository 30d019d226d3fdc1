import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import en from "zod/v4/locales/en.js";
import * as z from "zod/mini";
import { Failure } from "../failure.ts";
import { ProjectConfig } from "../model/config.ts";

/** The configuration that a text holds; Failure invalid_config with file, line and path. */
export function parseConfig(text: string, file: string): ProjectConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [mistake] = document.errors;
  if (mistake)
    throw invalid(file, lines.linePos(mistake.pos[0]).line, "", mistake.message.split("\n")[0] ?? "");
  z.config(en());
  const parsed = ProjectConfig.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path ?? [];
  const node = deepestNode(document.contents, path);
  const line = node?.range ? lines.linePos(node.range[0]).line : 1;
  throw invalid(file, line, path.join("."), issue?.message ?? "is invalid");
}

function invalid(file: string, line: number, path: string, message: string): Failure {
  const where = path === "" ? "" : ` ${path}:`;
  return new Failure("invalid_config", `${file}:${line}:${where} ${message}`, {
    hint: "Compare it with: calm schema config",
    details: { file, line, path },
  });
}

/** The node that a path leads to, or the last one on the way that exists. */
function deepestNode(root: Node | null, path: readonly PropertyKey[]): Node | null {
  let node = root;
  for (const step of path) {
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      next = pair?.value ?? pair?.key;
    } else if (isSeq(node)) next = node.items[Number(step)];
    if (!isMap(next) && !isSeq(next) && !isScalar(next)) return node;
    node = next;
  }
  return node;
}
