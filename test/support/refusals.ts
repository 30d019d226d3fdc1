import ts from "typescript";
import { failureCodes } from "../../src/failure.ts";
import { type SourceFile, sourceFiles, walk } from "./source-files.ts";

const files = new Map(sourceFiles().map((file) => [file.path, file]));

/** What a top-level declaration says itself: codes of failures, and the names that it uses. */
interface Said {
  readonly codes: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
}

function declarationsOf(file: SourceFile): Map<string, Said> {
  const found = new Map<string, Said>();
  const add = (name: string, node: ts.Node): void => {
    const codes = new Set<string>();
    const names = new Set<string>();
    walk(node, (inner) => {
      if (ts.isStringLiteral(inner) && inner.text in failureCodes) codes.add(inner.text);
      if (ts.isIdentifier(inner)) names.add(inner.text);
    });
    found.set(name, { codes, names });
  };
  for (const statement of file.ast.statements) {
    if ((ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name) {
      add(statement.name.text, statement);
    } else if (ts.isVariableStatement(statement)) {
      for (const one of statement.declarationList.declarations)
        if (ts.isIdentifier(one.name)) add(one.name.text, one);
    }
  }
  return found;
}

const declarations = new Map([...files].map(([path, file]) => [path, declarationsOf(file)]));

/** The codes that a declaration can lead to, through everything that it names. */
function codesFrom(path: string, name: string, seen = new Set<string>()): Set<string> {
  const key = `${path} ${name}`;
  const said = declarations.get(path)?.get(name);
  if (!said || seen.has(key) || path === "failure.ts") return new Set();
  seen.add(key);
  const codes = new Set(said.codes);
  const imports = files.get(path)?.imports.filter((one) => one.own && !one.typeOnly) ?? [];
  for (const used of said.names) {
    const places = imports.filter((one) => one.names.includes(used) || one.lazy).map((one) => one.from);
    for (const place of [path, ...places]) for (const code of codesFrom(place, used, seen)) codes.add(code);
  }
  return codes;
}

/** The source file of an operation, below src/. */
function fileOf(name: string): string {
  const list = files.get("operations/index.ts");
  if (!list) throw new Error("the list of operations is gone");
  const entry = list.ast.text.split(`name: "${name}"`)[1];
  const path = /import\("\.\/(.+?)"\)/.exec(entry ?? "")?.[1];
  if (path === undefined) throw new Error(`no file for ${name}`);
  return `operations/${path}`;
}

/** What every command may answer, so that it is said once. */
export const answersOfAll: readonly string[] = [
  ...["invalid_input", "invalid_environment", "database_failed", "busy", "git_failed", "git_too_old"],
  ...["not_a_repository", "repository_copied", "foreign_database", "newer_database"],
  ...["directory_not_found", "project_not_found"],
];

/** The codes of the refusals that an operation can answer with, read off the code that it runs. */
export function refusalsOf(operation: string): string[] {
  const path = fileOf(operation);
  const said = [...(declarations.get(path)?.keys() ?? [])];
  const found = new Set(said.flatMap((one) => [...codesFrom(path, one)]));
  return Object.keys(failureCodes).filter((code) => found.has(code) && !answersOfAll.includes(code));
}
