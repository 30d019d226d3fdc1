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
  for (const line of withoutDefinitions(text)) {
    if (line.startsWith("\t")) {
      for (const recipe of current) recipe.push(line.slice(1));
      continue;
    }
    // Only an empty line or a comment leaves a recipe open.
    if (!/^\s*(#|$)/.test(line)) current = [];
    const rule = readRule(line);
    if (!rule) continue;
    if (rule.names.includes(".PHONY")) for (const name of rule.prerequisites) phony.add(name);
    for (const name of rule.names.filter((one) => /^[A-Za-z0-9][\w-]*$/.test(one))) {
      const recipe = recipes.get(name) ?? [];
      recipe.push(...rule.commands);
      recipes.set(name, recipe);
      current.push(recipe);
    }
  }
  // A recipe may begin with something else than a tab; then only the names can be told.
  const otherPrefix = /^\s*\.RECIPEPREFIX\b/m.test(text);
  return new Map(
    [...recipes].map(([name, lines]) => {
      const recipe = otherPrefix ? ["$(unknown)"] : lines.map(clean).filter((line) => line !== "");
      return [name, { recipe, always: phony.has(name) }];
    }),
  );
}

/** The lines of a Makefile, joined where they go on, without those between `define` and `endef`. */
function withoutDefinitions(text: string): string[] {
  let defining = false;
  return joinedLines(text).filter((line) => {
    if (/^(override\s+)?define\b/.test(line)) defining = true;
    const inside = defining;
    if (/^\s*endef\b/.test(line)) defining = false;
    return !inside;
  });
}

function joinedLines(text: string): string[] {
  return text.replace(/\\\r?\n/g, " ").split(/\r?\n/);
}

interface Rule {
  readonly names: readonly string[];
  readonly prerequisites: readonly string[];
  /** What stands behind a `;` on the line itself. */
  readonly commands: readonly string[];
}

function readRule(line: string): Rule | undefined {
  const [, names = "", rest = ""] = /^([^\s#:=][^#:=]*?)\s*&?::?(?!=)(.*)$/.exec(line) ?? [];
  if (names === "") return undefined;
  const [wanted = "", ...commands] = rest.split(";");
  // A variable of one target alone is no rule.
  if (/^[^#;]*[^#;:+?!=\s]\s*(:{0,3}|[?+!])=/.test(rest)) return undefined;
  return {
    names: names.split(/\s+/),
    prerequisites: wanted.replace(/#.*/, "").trim().split(/\s+/),
    commands: commands.length > 0 ? [commands.join(";")] : [],
  };
}

/** The recipes by name of a justfile's text that run without an argument. */
export function parseJustfile(text: string): ReadonlyMap<string, Target> {
  const recipes = new Map<string, string[]>();
  const aliases: [string, string][] = [];
  let current: string[] | undefined;
  for (const line of joinedLines(text)) {
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
