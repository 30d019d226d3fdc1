import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { readTextNow } from "../../system/files-at-once.ts";
import type { Variables } from "./environment.ts";
import { isWithin } from "./whereabouts.ts";

/** Variables that choose which tool runs, what it loads, or how it behaves. */
const steering =
  /^(NODE_(OPTIONS|PATH|ENV)|PYTHON\w+|PYTEST_ADDOPTS|VIRTUAL_ENV|CONDA_PREFIX|\w+ENV_(VERSION|ROOT)|(ASDF|MISE)_\w+_VERSION|RUSTUP_TOOLCHAIN|RUSTC_WRAPPER|(CARGO_\w+)?RUSTFLAGS|GO(FLAGS|TOOLCHAIN|ROOT|OS|ARCH)|CGO_ENABLED|JAVA_(HOME|OPTS|TOOL_OPTIONS)|(MAVEN|GRADLE)_OPTS|RUBY(OPT|LIB)|BUNDLE_GEMFILE|PERL5LIB|CLASSPATH|TZ)$/;

/** The variables of an environment that a verdict depends on; places in the room are the same in each room. */
export function steeringVariables(env: Variables, room: string): string[] {
  return Object.entries(env)
    .filter(([name, value]) => value !== undefined && steering.test(name))
    .map(([name, value]) => `${name}=${value?.replaceAll(room, ".") ?? ""}`)
    .sort();
}

/** Whether a program only starts another one, of a version that is chosen elsewhere. */
export function choosesVersion(path: string): boolean {
  return /\/shims\/|\/(rustup|volta-shim|mise|asdf)$/.test(path);
}

const files = [
  ...[".python-version", ".node-version", ".nvmrc", ".ruby-version", ".java-version", ".go-version"],
  ...[".tool-versions", "mise.toml", ".mise.toml", "rust-toolchain", "rust-toolchain.toml"],
];

/** What chooses the versions for a room: the files there and in the folders above, and those of the user. */
export function chosenVersions(env: Variables, room: string): string[] {
  const home = env["HOME"] ?? "/";
  const roots = ["PYENV", "NODENV", "RBENV"].map(
    (name) => env[`${name}_ROOT`] ?? join(home, `.${name.toLowerCase()}`),
  );
  const folders: string[] = [];
  for (let folder = room; ; folder = dirname(folder)) {
    folders.push(folder);
    if (folder === dirname(folder)) break;
  }
  const places = [
    ...[...new Set([...folders, home])].flatMap((folder) => files.map((name) => join(folder, name))),
    ...roots.map((root) => join(root, "version")),
    join(home, ".config/mise/config.toml"),
    join(env["RUSTUP_HOME"] ?? join(home, ".rustup"), "settings.toml"),
    join(env["VOLTA_HOME"] ?? join(home, ".volta"), "tools/user/platform.json"),
  ];
  const texts = places.flatMap((place) => {
    const text = textAt(place);
    return text === undefined ? [] : [`${isWithin(room, place) ? place.slice(room.length) : place}: ${text}`];
  });
  // A version that is installed once more is another one.
  const installed = roots.map((root) => timeOf(join(root, "versions")));
  return [...texts, ...installed];
}

function textAt(place: string): string | undefined {
  try {
    return readTextNow(place);
  } catch {
    return "unreadable"; // a folder of that name, or not for us
  }
}

/** When something was last added to a folder or taken away; "none" where there is none. */
export function timeOf(folder: string): string {
  try {
    return String(statSync(folder, { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? "none");
  } catch {
    return "none"; // absent, or out of sight
  }
}
