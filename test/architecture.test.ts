import ts from "typescript";
import { expect, test } from "vitest";
import { lineOf, markdownFiles, type SourceFile, sourceFiles, walk } from "./support/source-files.ts";

/** The rooms of ARCHITECTURE.md and the arrows that may leave each; every room may also use `failure`. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  failure: [],
  model: [],
  text: ["model"],
  system: [],
  git: ["system", "model"],
  store: ["model", "system"],
  context: ["model", "git", "store"],
  project: ["context", "model", "git", "store", "system"],
  tasks: ["context", "model", "git", "store", "system", "project", "workers"],
  worktree: ["context", "model", "git", "store", "system", "project"],
  workers: ["context", "model", "store", "project"],
  checks: ["context", "model", "git", "store", "system", "project", "tasks", "worktree"],
  sessions: ["context", "model", "git", "store", "system", "project", "tasks", "worktree", "checks"],
  merge: ["context", "model", "git", "store", "system", "project", "tasks", "worktree", "checks"],
  migrate: ["context", "model", "git", "store", "system", "project", "tasks", "worktree"],
  doctor: [
    ...["context", "model", "git", "store", "system", "project", "tasks", "worktree", "checks", "merge"],
  ],
  backup: ["context", "model", "store", "system", "merge"],
  roles: ["context", "model", "system"],
  briefing: ["context", "model", "git", "store", "system", "project", "checks", "roles", "text"],
  operations: [
    ...["context", "model", "git", "store", "system", "project", "tasks", "worktree", "checks", "merge"],
    ...["sessions", "backup", "doctor", "migrate", "workers", "roles", "briefing", "text"],
  ],
  cli: ["context", "model", "text", "operations"],
  mcp: ["context", "model", "text", "operations"],
  server: ["context", "model", "text", "system", "operations", "mcp"],
  demo: ["context", "model", "text", "system", "operations", "cli"],
};

/** The files that wire everything together. */
const wiring = ["main", "real-process", "create-context", "open-project", "project-identity"];

const files = sourceFiles();
const byPath = new Map(files.map((file) => [file.path, file]));

/** Every breach of a rule, as `path:line what`. */
function breaches(find: (file: SourceFile, report: (node: ts.Node, what: string) => void) => void): string[] {
  return files.flatMap((file) => {
    const found: string[] = [];
    find(file, (node, what) => found.push(`${file.path}:${lineOf(file, node)} ${what}`));
    return found;
  });
}

const roomOf = (path: string): string => (path.split("/")[0] ?? "").replace(/\.ts$/, "");

test("the rooms are known, and their arrows point one way", () => {
  expect(
    files.filter(({ room }) => !(room in arrows) && !wiring.includes(room)).map(({ path }) => path),
  ).toEqual([]);
  const reaches = (from: string, to: string): boolean =>
    (arrows[from] ?? []).some((next) => next === to || reaches(next, to));
  expect(Object.keys(arrows).filter((room) => reaches(room, room))).toEqual([]);
});

test("no import goes against the arrows", () => {
  const wrong = files.flatMap(({ path, room, imports }) =>
    imports
      .filter(({ own }) => own)
      .map(({ from }) => from)
      .filter((from) => {
        const target = roomOf(from);
        if (target === room || target === "failure" || wiring.includes(room)) return false;
        return !(arrows[room] ?? []).includes(target);
      })
      .map((from) => `${path} → ${from}`),
  );
  expect(wrong).toEqual([]);
});

test("imports name files that exist, inside src/", () => {
  const texts = new Set(markdownFiles());
  const missing = files.flatMap(({ path, imports }) =>
    imports
      .filter(({ own, from }) => own && !byPath.has(from) && !texts.has(from))
      .map(({ from }) => `${path} → ${from}`),
  );
  expect(missing).toEqual([]);
});

test("no cycle of imports; types are gone at run time and do not count", () => {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at !== -1) cycles.push([...trail.slice(at), path].join(" → "));
    if (at !== -1 || done.has(path)) return;
    for (const one of byPath.get(path)?.imports ?? []) {
      if (one.own && !one.typeOnly) visit(one.from, [...trail, path]);
    }
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  expect(cycles).toEqual([]);
});

test("operations never import each other", () => {
  const defines = (path: string): boolean => {
    const file = byPath.get(path);
    return (
      path !== "operations/operation.ts" &&
      file?.imports.some(
        ({ from, names }) => from === "operations/operation.ts" && names.includes("defineOperation"),
      ) === true
    );
  };
  const wrong = files
    .filter(({ path }) => path.startsWith("operations/") && path !== "operations/index.ts")
    .flatMap(({ path, imports }) =>
      imports.filter(({ from }) => defines(from)).map(({ from }) => `${path} → ${from}`),
    );
  expect(wrong).toEqual([]);
});

test("files have 200 lines at most, functions 40", () => {
  const long = files
    .filter(({ lines }) => lines > 200)
    .map(({ path, lines }) => `${path} has ${lines} lines`);
  const longFunctions = breaches((file, report) => {
    walk(file.ast, (node) => {
      if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) return;
      const end = file.ast.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
      const lines = end - lineOf(file, node) + 1;
      if (lines > 40) report(node, `a function of ${lines} lines`);
    });
  });
  expect([...long, ...longFunctions]).toEqual([]);
});

test("no dumping grounds and no barrels", () => {
  const named = files
    .map(({ path }) => path)
    .filter((path) => /(^|\/)(utils?|helpers?|shared|common|misc|types)(\/|\.ts$)/.test(path));
  const barrels = breaches((file, report) => {
    file.ast.forEachChild((node) => {
      if (ts.isExportDeclaration(node) && node.moduleSpecifier) report(node, "re-exports");
    });
  });
  expect([...named, ...barrels]).toEqual([]);
});

/** The name under which an exported statement is known. */
function isExported(node: ts.Node): node is ts.Statement {
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

test("each export has a doc sentence; lines without a gap share the one above them", () => {
  const undocumented = breaches((file, report) => {
    let sharedUntil = -1;
    for (const statement of file.ast.statements) {
      const line = lineOf(file, statement);
      const documented = ts.getJSDocCommentsAndTags(statement).length > 0 || line === sharedUntil + 1;
      if (isExported(statement) && !documented) report(statement, "has no doc comment");
      if (documented) sharedUntil = file.ast.getLineAndCharacterOfPosition(statement.getEnd()).line + 1;
    }
  });
  expect(undocumented).toEqual([]);
});

/** Words that stand for the world outside, and the only rooms and files that may say them. */
const worlds: readonly { readonly words: readonly string[]; readonly places: readonly string[] }[] = [
  { words: ["process"], places: ["main.ts", "create-context.ts"] },
  // The completion library prints with console.log and nothing else; its output is taken back there.
  { words: ["console"], places: ["main.ts", "cli/completion/tab.ts"] },
  { words: ["Date.now", "new Date()", "Date()"], places: ["main.ts", "create-context.ts"] },
  // Measures how long a process ran; says nothing of the time of day.
  { words: ["performance.now"], places: ["system"] },
  { words: ["Math.random", "crypto.randomUUID", "crypto.getRandomValues"], places: ["create-context.ts"] },
  { words: ["Intl"], places: [] },
];

function declares(name: ts.BindingName, word: string): boolean {
  if (ts.isIdentifier(name)) return name.text === word;
  return name.elements.some((one) => ts.isBindingElement(one) && declares(one.name, word));
}

function declaredIn(scope: ts.Node): readonly ts.VariableDeclaration[] {
  if (ts.isBlock(scope)) {
    return scope.statements.flatMap((one) =>
      ts.isVariableStatement(one) ? one.declarationList.declarations : [],
    );
  }
  const loop = ts.isForOfStatement(scope) || ts.isForStatement(scope) ? scope.initializer : undefined;
  return loop && ts.isVariableDeclarationList(loop) ? loop.declarations : [];
}

/** True when a parameter or variable around the node has this name: then it is not the global. */
function isLocal(node: ts.Node, word: string): boolean {
  for (let scope = node.parent; !ts.isSourceFile(scope); scope = scope.parent) {
    if (ts.isFunctionLike(scope) && scope.parameters.some(({ name }) => declares(name, word))) return true;
    if (declaredIn(scope).some(({ name }) => declares(name, word))) return true;
  }
  return false;
}

/** True for the name of a member, which is no variable. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  const isMember =
    ts.isPropertySignature(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent);
  const isMethod = ts.isMethodSignature(parent) || ts.isMethodDeclaration(parent);
  return (isMember || isMethod) && parent.name === node;
}

/** The word for the outer world that a node says, if any. */
function worldWord(node: ts.Node): string | undefined {
  const isDate =
    ts.isNewExpression(node) || ts.isCallExpression(node) ? node.expression.getText() === "Date" : false;
  if (isDate && ts.isNewExpression(node)) return node.arguments?.length ? undefined : "new Date()";
  if (isDate) return "Date()";
  if (ts.isPropertyAccessExpression(node)) return `${node.expression.getText()}.${node.name.text}`;
  if (!ts.isIdentifier(node) || isMemberName(node) || isLocal(node, node.text)) return undefined;
  return node.text;
}

test("process, console, clock and chance are said only in their places; Intl nowhere, it costs 17 ms", () => {
  const said = breaches((file, report) => {
    walk(file.ast, (node) => {
      const word = worldWord(node);
      const world = worlds.find(({ words }) => word !== undefined && words.includes(word));
      const allowed = world?.places.some((place) => place === file.path || place === file.room) ?? true;
      if (!allowed) report(node, `says ${word ?? ""}`);
    });
  });
  expect(said).toEqual([]);
});

const writing =
  /^(write|append|mkdir|mkdtemp|rm|unlink|rename|copy|cp$|cpSync|chmod|chown|symlink|link|truncate|utimes)/;
const descriptorWriting =
  /^(f?sync|fsync|fdatasync|ftruncate|fchmod|fchown|futimes|fwrite|createWriteStream|lchown|lutimes)/;

/** Modules, or names of them, that only some rooms and files may import. */
const doors: readonly {
  readonly module: RegExp;
  readonly names?: RegExp;
  readonly places: readonly string[];
}[] = [
  { module: /^(node:)?child_process$|^execa$/, places: ["system"] },
  { module: /^(node:)?process$/, places: ["system"] },
  { module: /^(kysely|@photostructure\/sqlite|better-sqlite3|node:sqlite|pg)(\/|$)/, places: ["store"] },
  { module: /^nanoid(\/|$)/, places: ["create-context"] },
  {
    module: /^(node:)?crypto$/,
    names: /^(random|getRandom|webcrypto|\*|default)/,
    places: ["create-context"],
  },
  {
    module: /^(node:)?os$/,
    names: /^(homedir|userInfo|hostname|\*|default)$/,
    places: ["create-context", "system"],
  },
  ...[writing, descriptorWriting, /^(\*|default|promises)$/].map((names) => ({
    module: /^(node:)?fs(\/promises)?$/,
    names,
    places: ["system", "store", ...wiring],
  })),
];

test("processes, SQL, ids and file writes have one door each", () => {
  const wrong = files.flatMap(({ path, room, imports }) =>
    imports
      .filter(({ typeOnly }) => !typeOnly)
      .flatMap(({ from, names }) =>
        doors
          .filter(({ module, places }) => module.test(from) && !places.includes(room))
          .flatMap((door) => names.filter((name) => door.names?.test(name) ?? true))
          .map((name) => `${path} imports ${name} of ${from}`),
      ),
  );
  expect([...new Set(wrong)]).toEqual([]);
});

const sql =
  /\b(select\s[\s\S]+\sfrom\s|insert (or \w+ )?into\s|update\s\w+\sset\s|delete from\s\w+( where|$)|create (table|index|trigger)\s|alter table\s|begin (immediate|exclusive))|^\s*pragma\s/;

test("SQL is written only in store/", () => {
  const said = breaches((file, report) => {
    if (file.room === "store") return;
    walk(file.ast, (node) => {
      const text = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) ? node.getText() : "";
      if (sql.test(text)) report(node, "holds SQL");
    });
  });
  expect(said).toEqual([]);
});

/** What a remedy of ours says before a path. */
const beforePath =
  /\b(cd|mv|rm( -rf?)?|ls -ld|git -C|(?<!calm )worktree (lock|unlock|repair|remove( --force)?)|update-index( --\S+)?) $/;

test("paths in the command lines of remedies are quoted for the shell", () => {
  const said = breaches((file, report) => {
    // Nothing is below it, so that it has no quotes; its texts are of single files, and delete no folder.
    if (file.room === "system") return;
    walk(file.ast, (node) => {
      if (!ts.isTemplateExpression(node)) return;
      const before = [node.head, ...node.templateSpans.map(({ literal }) => literal)];
      node.templateSpans.forEach(({ expression }, place) => {
        const called = ts.isCallExpression(expression) ? expression.expression.getText() : "";
        if (beforePath.test(before[place]?.text ?? "") && called !== "shellQuote")
          report(expression, `does not quote ${expression.getText()}`);
      });
    });
  });
  expect(said).toEqual([]);
});

test("a start loads nothing heavy: no schemas, no tables, no prompts before they are needed", () => {
  const seen = new Set<string>();
  const modules = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { from, own, typeOnly, lazy } of byPath.get(path)?.imports ?? []) {
      if (typeOnly || lazy) continue;
      if (own) visit(from);
      else modules.add(from);
    }
  };
  visit("cli/run-cli.ts");
  expect([...modules]).toEqual([]);
  expect([...seen].filter((path) => path.startsWith("store/") || path.startsWith("operations/"))).toEqual([]);
});

test("the rules have files to look at", () => {
  expect(files.length).toBeGreaterThan(20);
});
