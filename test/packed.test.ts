import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
// Spaces in every path: the entry is a shell script before it is a program.
const folder = mkdtempSync(join(tmpdir(), "calm packed "));
const [home, place, repository] = ["own home", "some where", "a repository"].map((name) =>
  join(folder, name),
) as [string, string, string];
const bin = join(place, "node_modules/.bin/calm");

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** npm as it is configured on this machine, since only its registry may be reachable. */
function npm(args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd, encoding: "utf8", timeout: 50_000 });
  if (status === 0) return stdout;
  throw new Error(`npm ${args.join(" ")} failed; is the registry reachable?\n${stderr}`);
}

const env = {
  PATH: process.env["PATH"],
  HOME: home,
  GIT_CONFIG_GLOBAL: "/dev/null",
  LC_ALL: "C",
};

function calm(args: readonly string[], more: Readonly<Record<string, string>> = {}): string {
  return execFileSync(bin, args, { cwd: repository, env: { ...env, ...more }, encoding: "utf8" });
}

let packed: Packed;

beforeAll(() => {
  for (const path of [home, place, repository]) mkdirSync(path);
  // Without scripts: `prepare` would build once more while other tests run what is built.
  const answer = npm(["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root);
  packed = (JSON.parse(answer) as [Packed])[0];
  writeFileSync(join(place, "package.json"), "{}");
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  npm(["install", ...quiet, join(folder, packed.filename)], place);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@x", ...args], { cwd: repository, env });
  git("init", "--quiet", "--initial-branch=main");
  git("commit", "--quiet", "--allow-empty", "--message=start");
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("the package is small and holds nothing of the workshop", () => {
  const strange = packed.files
    .map(({ path }) => path)
    .filter(
      (path) =>
        !/^(dist\/(calm\.cjs|licences\.txt|parts\/[\w.-]+\.js)|package\.json|README\.md|LICENSE)$/.test(path),
    );
  expect(strange).toEqual([]);
  expect(packed.size).toBeLessThan(1.5 * 1024 * 1024);
  const { packages } = JSON.parse(readFileSync(join(place, "node_modules/.package-lock.json"), "utf8")) as {
    packages: object;
  };
  expect(Object.keys(packages).length).toBeLessThanOrEqual(4);
});

test("the installed program runs through npm's link, with every argument as it was given", () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  expect(calm(["--version"])).toBe(`calm ${version}\n`);
  expect(calm(["--help"])).toContain("task create");
  expect(calm(["worker", "prompt", "reviewer"])).toMatch(/^# Role: reviewer\n/);
  const title = `It's "all" $HOME \`here\` *  \\ ünd`;
  calm(["task", "create", "SPEC", title, "--next"]);
  const { data } = JSON.parse(calm(["task", "list", "--json"])) as { data: { tasks: { title: string }[] } };
  expect(data.tasks.map((task) => task.title)).toEqual([title]);
});

test("node starts without the extra certificates", () => {
  const certificates = { ...env, NODE_EXTRA_CA_CERTS: join(folder, "none.pem") };
  const options = { cwd: repository, env: certificates, encoding: "utf8" } as const;
  // Node warns of a file of certificates that it cannot read; from 22 on, when it first needs them.
  expect(spawnSync(process.execPath, ["-e", "tls.createSecureContext()"], options).stderr).toContain(
    "none.pem",
  );
  const { stdout, stderr } = spawnSync(bin, ["task", "list"], options);
  expect([stdout.includes("SPEC"), stderr]).toEqual([true, ""]);
});

/** The files in which V8's code of this version is kept. */
function cached(): string[] {
  const cache = join(home, ".calm/cache");
  return readdirSync(cache).flatMap((version) =>
    readdirSync(join(cache, version)).map((name) => join(cache, version, name)),
  );
}

test("a code cache that is torn, damaged, empty or in the way costs nothing but time", () => {
  const right = calm(["task", "list"]);
  expect(cached().length).toBeGreaterThan(2);
  expect(statSync(join(home, ".calm/cache")).mode & 0o777).toBe(0o700);
  const damages: readonly ((bytes: Buffer) => Buffer)[] = [
    (bytes) => bytes.subarray(0, bytes.length / 2),
    (bytes) => bytes.subarray(0, bytes.length - 7),
    (bytes) => Buffer.alloc(bytes.length),
    (bytes) => Buffer.concat([bytes.subarray(0, 200), Buffer.alloc(bytes.length - 200)]),
    () => Buffer.alloc(0),
  ];
  for (const damage of damages) {
    for (const path of cached()) writeFileSync(path, damage(readFileSync(path)));
    expect(calm(["task", "list"])).toBe(right);
  }
  rmSync(join(home, ".calm/cache"), { recursive: true });
  writeFileSync(join(home, ".calm/cache"), "in the way");
  expect(calm(["task", "list"])).toBe(right);
});

/** What distinguishes a file of the cache from one that was written anew. */
function versionsOf(paths: readonly string[]): string[] {
  return paths.map((path) => `${path} ${statSync(path).ino}`).sort();
}

test("a command that has run before writes no cache, and each set of V8's flags has its own", () => {
  rmSync(join(home, ".calm/cache"), { recursive: true, force: true });
  const plain = calm(["task", "list"]);
  const first = versionsOf(cached());
  const other = { NODE_OPTIONS: "--max-old-space-size=512" };
  expect(calm(["task", "list"], other)).toBe(plain);
  const both = versionsOf(cached());
  expect(both).toEqual(expect.arrayContaining(first));
  expect(both.length).toBe(2 * first.length);
  expect([calm(["task", "list"]), calm(["task", "list"], other)]).toEqual([plain, plain]);
  expect(versionsOf(cached())).toEqual(both);
});

test("a part that a command did not need before joins its cache", () => {
  calm(["task", "list"]);
  const known = versionsOf(cached());
  const colored = calm(["task", "list", "--color=always"]);
  expect(versionsOf(cached())).not.toEqual(known);
  const learned = versionsOf(cached());
  expect(calm(["task", "list", "--color=always"])).toBe(colored);
  expect(versionsOf(cached())).toEqual(learned);
});

test("the cache has an end: of versions and flags the newest stay, and what a killed process left goes", () => {
  const cache = join(home, ".calm/cache");
  const [minutesAgo, hoursAgo] = [600, 100_000].map((seconds) => new Date(Date.now() - seconds * 1000));
  for (let version = 10; version < 20; version++) {
    const old = join(cache, `old-${version}`);
    mkdirSync(old);
    utimesSync(old, minutesAgo ?? 0, new Date(Date.now() - version * 1000));
  }
  calm(["--version"], { NODE_OPTIONS: "--max-old-space-size=513" });
  const kept = readdirSync(cache).filter((name) => name.startsWith("old-"));
  expect([readdirSync(cache).length, kept[0]]).toEqual([6, "old-10"]);
  for (const name of kept) rmSync(join(cache, name), { recursive: true });

  for (const path of cached().filter((one) => one.endsWith("main.js"))) {
    writeFileSync(path, "damaged");
    for (const [name, written] of [
      ["main.js.1-1", hoursAgo],
      ["main.js.2-2", minutesAgo],
    ] as const) {
      writeFileSync(join(path, "..", name), "half");
      utimesSync(join(path, "..", name), written ?? 0, written ?? 0);
    }
  }
  calm(["--version"], { NODE_OPTIONS: "--max-old-space-size=513" });
  // Only that of the flags that it ran with has been written anew.
  const names = cached().map((path) => path.split("/").at(-1));
  const count = (name: string): number => names.filter((one) => one === name).length;
  expect([count("main.js.1-1"), count("main.js.2-2")]).toEqual([count("main.js") - 1, count("main.js")]);
});

test("a start without a home makes none", () => {
  const none = join(folder, "no home");
  calm(["--version"], { HOME: none, CALM_HOME: join(none, ".calm") });
  expect(statSync(none, { throwIfNoEntry: false })).toBeUndefined();
});
