import picomatch from "picomatch";
import type { TreeReader } from "./definition.ts";
import { readPackage } from "./package-scripts.ts";

/** Whether a folder belongs to the project at the root, so that the root's commands are its commands too. */
export type Covers = (folder: string) => boolean;

interface Members {
  readonly globs: readonly string[];
  readonly without: readonly string[];
}

/** The folders that the workspace at the root of a tree covers, for one language; undefined when it is none. */
export async function workspaceOf(language: string, tree: TreeReader): Promise<Covers | undefined> {
  const members = await readers[language]?.(tree);
  if (!members || members.globs.length === 0) return undefined;
  const plain = (glob: string): string => glob.replace(/^\.?\//, "").replace(/\/+$/, "");
  const belongs = picomatch(members.globs.map(plain));
  const excluded = picomatch(members.without.map(plain));
  return (folder) => belongs(folder) && !excluded(folder);
}

const readers: Readonly<Record<string, (tree: TreeReader) => Promise<Members | undefined>>> = {
  javascript: async (tree) => {
    const facts = await readPackage(tree);
    if (!facts) return undefined;
    const pnpm = (await textOf(tree, "pnpm-workspace.yaml")) ?? "";
    const block = /^packages:(.*(?:\n(?:[ \t#-].*)?)*)/m.exec(pnpm)?.[1] ?? "";
    const named = [...block.matchAll(/(?:^\s*-|[[,])\s*(?:"([^"\n]+)"|'([^'\n]+)'|([\w!.@*{][^\s,#\]]*))/gm)];
    const globs = [...facts.workspaces, ...named.map(([, one, two, three]) => one ?? two ?? three ?? "")];
    return splitNegated(globs);
  },
  python: async (tree) => {
    const section = sectionOf(await textOf(tree, "pyproject.toml"), "tool.uv.workspace");
    return section === undefined
      ? undefined
      : { globs: listIn(section, "members"), without: listIn(section, "exclude") };
  },
  rust: async (tree) => {
    const section = sectionOf(await textOf(tree, "Cargo.toml"), "workspace");
    // What lies below and is neither a member nor excluded, cargo itself refuses.
    return section === undefined ? undefined : { globs: ["**"], without: listIn(section, "exclude") };
  },
  go: async (tree) => {
    const text = await textOf(tree, "go.work");
    if (text === undefined) return undefined;
    const uses = [...text.matchAll(/^\s*use\s+(?:\(([^)]*)\)|(\S+))/gm)];
    const folders = uses.flatMap(([, block, one]) => (block ?? one ?? "").split("\n"));
    const named = folders.map((line) => line.replace(/\/\/.*/, "").trim()).filter((line) => line !== "");
    return { globs: named.map((line) => line.replace(/^"|"$/g, "")), without: [] };
  },
  java: async (tree) => {
    const pom = (await textOf(tree, "pom.xml")) ?? "";
    const modules = [...pom.matchAll(/<module>\s*([^<]+?)\s*<\/module>/g)].map(([, name = ""]) => name);
    const settings =
      (await textOf(tree, "settings.gradle")) ?? (await textOf(tree, "settings.gradle.kts")) ?? "";
    const calls = [...settings.matchAll(/^\s*include\b\s*\(?((?:\s*["'][^"'\n]+["']\s*,?)+)/gm)];
    const included = calls.flatMap(([, list = ""]) => [...list.matchAll(/["']([^"'\n]+)["']/g)]);
    const projects = included.map(([, name = ""]) => name.replace(/^:/, "").replaceAll(":", "/"));
    const builds = [...settings.matchAll(/^\s*includeBuild\b\s*\(?\s*["']([^"'\n]+)["']/gm)];
    const isGradle = (await tree.list("")).some((name) => /^(build|settings)\.gradle(\.kts)?$/.test(name));
    const logic = isGradle ? await untested(tree, ["buildSrc", ...builds.map(([, name = ""]) => name)]) : [];
    return {
      globs: [...modules, ...projects, ...logic].flatMap((name) => [name, `${name}/**`]),
      without: [],
    };
  },
};

/** The folders of code for the build itself that have no tests: no call of Gradle would find any in them. */
async function untested(tree: TreeReader, folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders.map((name) => name.replace(/^\.\//, ""))) {
    const inner = (await tree.list(folder)).filter((name) => name.endsWith("/"));
    const sources = await Promise.all(["", ...inner].map((name) => tree.list(`${folder}/${name}src`)));
    const tests = sources.flat().some((name) => /test\/$/i.test(name));
    if (!tests) found.push(folder);
  }
  return found;
}

function splitNegated(globs: readonly string[]): Members {
  const without = globs.filter((glob) => glob.startsWith("!")).map((glob) => glob.slice(1));
  return { globs: globs.filter((glob) => !glob.startsWith("!")), without };
}

/** The text of a table of a TOML file. */
function sectionOf(text: string | undefined, name: string): string | undefined {
  const lines = text?.split(/\r?\n/) ?? [];
  const start = lines.findIndex((line) => line.replace(/\s|#.*/g, "") === `[${name}]`);
  if (start < 0) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^\s*\[[\w."' -]+\]/.test(line));
  return rest.slice(0, end < 0 ? rest.length : end).join("\n");
}

/** The texts of an array of a TOML table. */
function listIn(section: string, key: string): string[] {
  const array = new RegExp(`^\\s*${key}\\s*=\\s*\\[([^\\]]*)\\]`, "m").exec(section)?.[1] ?? "";
  const bare = array.replace(/#.*/g, "");
  return [...bare.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, one, two]) => one ?? two ?? "");
}

async function textOf(tree: TreeReader, file: string): Promise<string | undefined> {
  return (await tree.list("")).includes(file) ? tree.read(file) : undefined;
}
