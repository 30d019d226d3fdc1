/** A target of a Makefile, or a recipe of a justfile. */
export interface Target {
  /** The lines that its recipe runs, without the marks that only change what is printed. */
  readonly recipe: readonly string[];
  /** Whether it is run even when a file of its name exists. */
  readonly always: boolean;
}

/** The targets by name of a Makefile's text. Nothing is expanded, included or run. */
export function parseMakefile(text: string): ReadonlyMap<string, Target> {
  const recipes = new Map<string, string[]>();
  const phony = new Set<string>();
  let current: string[][] = [];
  let defining = false;
  // A recipe may begin with something else than a tab; then only the names can be told.
  const otherPrefix = /^\s*\.RECIPEPREFIX\b/m.test(text);
  for (const line of text.replace(/\\\r?\n/g, " ").split(/\r?\n/)) {
    if (/^(override\s+)?define\b/.test(line)) defining = true;
    if (defining) {
      if (/^\s*endef\b/.test(line)) defining = false;
      continue;
    }
    if (line.startsWith("\t")) {
      for (const recipe of current) recipe.push(line.slice(1));
      continue;
    }
    const rule = /^([^\s#:=][^#:=]*?)\s*(?:&?::?)(?!=)([^#]*)/.exec(line);
    if (!rule) {
      if (line.trim() !== "" && !/^\s*#/.test(line)) current = [];
      continue;
    }
    const [, names = "", rest = ""] = rule;
    if (names.trim() === ".PHONY") for (const name of rest.trim().split(/\s+/)) phony.add(name);
    const command = /;(.*)$/.exec(rest)?.[1];
    // A variable of one target alone is no rule.
    const variable =
      command === undefined &&
      /^\s*([\w.-]+\s+)*[\w.-]+\s*(:{0,3}|[?+!])=/.test(`${rest}${line.slice(rule[0].length)}`);
    const named = names
      .trim()
      .split(/\s+/)
      .filter((name) => /^[A-Za-z0-9][\w-]*$/.test(name));
    current = variable ? [] : named.map((name) => recipes.get(name) ?? []);
    if (variable) continue;
    for (const [index, name] of named.entries()) {
      const recipe = current[index] ?? [];
      if (command !== undefined) recipe.push(command);
      recipes.set(name, recipe);
    }
  }
  return new Map(
    [...recipes].map(([name, lines]) => {
      const recipe = otherPrefix ? ["$(unknown)"] : lines.map(clean).filter((line) => line !== "");
      return [name, { recipe, always: phony.has(name) }];
    }),
  );
}

/** The recipes by name of a justfile's text that run without an argument. */
export function parseJustfile(text: string): ReadonlyMap<string, Target> {
  const recipes = new Map<string, string[]>();
  const aliases: [string, string][] = [];
  let current: string[] | undefined;
  for (const line of text.replace(/\\\r?\n/g, " ").split(/\r?\n/)) {
    if (/^\s/.test(line)) {
      current?.push(line);
      continue;
    }
    const alias = /^alias\s+([\w-]+)\s*:=\s*([\w-]+)/.exec(line);
    if (alias) aliases.push([alias[1] ?? "", alias[2] ?? ""]);
    const head = /^@?([A-Za-z_][\w-]*)((?:\s[^:]*?|))\s*:(?!=)/.exec(line);
    if (line.trim() !== "" && !line.startsWith("#")) current = undefined;
    if (!head || !runsWithoutArguments(head[2] ?? "")) continue;
    current = [];
    recipes.set(head[1] ?? "", current);
  }
  for (const [name, of] of aliases) recipes.set(name, recipes.get(of) ?? []);
  return new Map(
    [...recipes].map(([name, lines]) => {
      // With a first line such as `#!/usr/bin/env bash` all the others are one script.
      const script = lines[0]?.trim().startsWith("#!") === true;
      const recipe = script ? ["$(script)"] : lines.map(clean).filter((line) => line !== "");
      return [name, { recipe, always: true }];
    }),
  );
}

// `name`, `+names` and `$name` must be given; `*names` and `name="x"` need not.
function runsWithoutArguments(parameters: string): boolean {
  const bare = parameters.replace(/"[^"]*"|'[^']*'/g, "x");
  return bare.split(/\s+/).every((word) => word === "" || word.startsWith("*") || word.includes("="));
}

function clean(line: string): string {
  const text = line.trim().replace(/^[@+-]+\s*/, "");
  return text.startsWith("#") ? "" : text;
}
