import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../src");

/** One import of a file. */
export interface Import {
  /** A module's name, or a path below src/ for calm's own files. */
  readonly from: string;
  readonly own: boolean;
  /** Gone at run time: types only. */
  readonly typeOnly: boolean;
  /** Loaded when it is needed, not with the file. */
  readonly lazy: boolean;
  /** The imported names; `*` and `default` for whole modules. */
  readonly names: readonly string[];
}

/** A parsed file of src/; tests and fixtures are not among them. */
export interface SourceFile {
  /** Below src/, with `/`. */
  readonly path: string;
  /** The first folder, or the name of a file that stands in src/ itself. */
  readonly room: string;
  readonly lines: number;
  readonly ast: ts.SourceFile;
  readonly imports: readonly Import[];
}

/** Calls `look` on every node of a file. */
export function walk(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => {
    walk(child, look);
  });
}

/** The line of a node, from 1. */
export function lineOf(file: SourceFile, node: ts.Node): number {
  return file.ast.getLineAndCharacterOfPosition(node.getStart(file.ast)).line + 1;
}

function ownPath(path: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(path), specifier));
}

function importedNames(clause: ts.ImportClause | undefined): string[] {
  if (!clause) return [];
  const bindings = clause.namedBindings;
  const named = !bindings
    ? []
    : ts.isNamespaceImport(bindings)
      ? ["*"]
      : bindings.elements.map((one) => (one.propertyName ?? one.name).text);
  return clause.name ? ["default", ...named] : named;
}

/** True when an import brings only types: as a whole, or name by name. */
function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  if (clause.name || !bindings || !ts.isNamedImports(bindings)) return false;
  return bindings.elements.length > 0 && bindings.elements.every((one) => one.isTypeOnly);
}

/** The names that are taken out of `await import(…)`; `*` where that cannot be seen. */
function lazyNames(call: ts.CallExpression): string[] {
  const waited = ts.isAwaitExpression(call.parent) ? call.parent : undefined;
  const outer = waited && ts.isParenthesizedExpression(waited.parent) ? waited.parent.parent : waited?.parent;
  if (outer && ts.isPropertyAccessExpression(outer)) return [outer.name.text];
  if (!outer || !ts.isVariableDeclaration(outer) || !ts.isObjectBindingPattern(outer.name)) return ["*"];
  return outer.name.elements.map((one) => (one.propertyName ?? one.name).getText());
}

function importsOf(path: string, ast: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean, names: readonly string[], lazy = false): void => {
    const own = specifier.startsWith(".");
    found.push({ from: own ? ownPath(path, specifier) : specifier, own, typeOnly, lazy, names });
  };
  walk(ast, (node) => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node.moduleSpecifier.text, isTypeOnly(node.importClause), importedNames(node.importClause));
    }
    if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node.moduleSpecifier.text, node.isTypeOnly, ["*"]);
    }
    const argument = ts.isCallExpression(node) ? node.arguments[0] : undefined;
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      if (argument && ts.isStringLiteral(argument)) add(argument.text, false, lazyNames(node), true);
    }
  });
  return found;
}

function parse(absolute: string): SourceFile {
  const path = relative(root, absolute).replaceAll("\\", "/");
  const text = readFileSync(absolute, "utf8");
  const ast = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const room = (path.split("/")[0] ?? "").replace(/\.ts$/, "");
  const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  return { path, room, lines, ast, imports: importsOf(path, ast) };
}

/** Every file of the program itself, or of one of its folders: `store/`. */
export function sourceFiles(folder = ""): SourceFile[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.startsWith(folder) && /\.ts$/.test(name) && !/\.(test|fixture|d)\.ts$/.test(name))
    .sort()
    .map((name) => parse(join(root, name)));
}

/** The Markdown files of the program, below src/: texts that it imports. */
export function markdownFiles(): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));
}
