import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { chosenSeed, samples } from "../../test/support/samples.ts";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "../git/create-git.ts";
import type { ChangedFile } from "../git/git.ts";
import { compareSides } from "./oracle.ts";

const blobOf = (content: string): string => content.padEnd(40, "0");
const absent = "0".repeat(40);

type Tree = Readonly<Record<string, string>>;

/** The comparison of two trees, as git gives it. */
function changes(from: Tree, to: Tree): ChangedFile[] {
  const paths = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return paths.flatMap((path): ChangedFile[] => {
    const [old, now] = [from[path], to[path]];
    if (old === now) return [];
    const status = old === undefined ? "added" : now === undefined ? "deleted" : "modified";
    const modes = {
      oldMode: old === undefined ? "000000" : "100644",
      newMode: now === undefined ? "000000" : "100644",
    };
    const blobs = {
      oldBlob: old === undefined ? absent : blobOf(old),
      newBlob: now === undefined ? absent : blobOf(now),
    };
    return [{ path, status, ...modes, ...blobs }];
  });
}

const paths = ["a", "b", "c/d", "c/e"] as const;
const tree = fc.dictionary(fc.constantFrom(...paths), fc.constantFrom("1", "2", "3"));

/** What a merge of whole files gives; undefined when both sides changed one differently. */
function mergeTrees(base: Tree, ours: Tree, theirs: Tree): Tree | undefined {
  const merged: Record<string, string> = {};
  for (const path of paths) {
    const [old, one, other] = [base[path], ours[path], theirs[path]];
    if (one !== other && one !== old && other !== old) return undefined;
    const got = one === old ? other : one;
    if (got !== undefined) merged[path] = got;
  }
  return merged;
}

test("the oracle accepts every right merge, and names the path of each silent revert or stray change", () => {
  const meddled = fc.record({
    base: tree,
    ours: tree,
    theirs: tree,
    path: fc.constantFrom(...paths),
    content: fc.constantFrom("1", "2", "4"),
  });
  fc.assert(
    fc.property(meddled, ({ base, ours, theirs, path, content }) => {
      const merged = mergeTrees(base, ours, theirs);
      fc.pre(merged !== undefined);
      const judge = (result: Tree) =>
        compareSides(changes(base, ours), changes(base, theirs), changes(base, result));
      expect(judge(merged)).toBeUndefined();
      const bothChanged = ours[path] !== base[path] && theirs[path] !== base[path];
      const wrong = { ...merged, [path]: content };
      if (merged[path] === content || bothChanged) return;
      // With a deletion anywhere git may follow a rename, so that added paths are no witnesses.
      const renames = [...changes(base, ours), ...changes(base, theirs), ...changes(base, wrong)].some(
        ({ status }) => status === "deleted",
      );
      if (renames && base[path] === undefined) return;
      expect(judge(wrong)).toContain(path);
    }),
    { numRuns: samples(200, 1000), ...chosenSeed },
  );
});

/** One commit of a random history: writes, deletes and renames of whole folders of lines. */
const step = fc.oneof(
  fc.record({
    kind: fc.constant("write" as const),
    path: fc.constantFrom("f", "g", "d/h", "d/i", "e/k"),
    lines: fc.array(fc.constantFrom("x", "y", "z"), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant("append" as const),
    path: fc.constantFrom("f", "g", "d/h"),
    line: fc.constantFrom("end", "fin"),
  }),
  fc.record({ kind: fc.constant("delete" as const), path: fc.constantFrom("f", "g", "d/i") }),
  fc.record({
    kind: fc.constant("move" as const),
    from: fc.constantFrom("f", "d"),
    to: fc.constantFrom("m", "n"),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function take(root: string, git: (args: readonly string[]) => string, one: Step): void {
  const body = "a\nb\nc\nd\ne\nf\ng\nh\n";
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  try {
    if (one.kind === "write") write(one.path, `${one.lines.join("\n")}\n${body}`);
    else if (one.kind === "append") write(one.path, `${body}${one.line}\n`);
    else if (one.kind === "delete") rmSync(join(root, one.path));
    else git(["mv", one.from, one.to]);
  } catch {
    return; // what is not there cannot be moved or deleted
  }
  git(["add", "--all"]);
  git(["commit", "--quiet", "--allow-empty", "--message", one.kind]);
}

test("F20: on random histories with renames every clean merge of git's passes the oracle", {
  timeout: 120_000,
}, async () => {
  const { root, env, git } = scratchRepository();
  const gateway = createGit({ commonDir: join(root, ".git"), root, env });
  for (const path of ["f", "g", "d/h", "d/i"]) take(root, git, { kind: "write", path, lines: ["x"] } as Step);
  const start = git(["rev-parse", "HEAD"]);
  const side = fc.array(step, { minLength: 1, maxLength: 3 });
  const grow = (steps: readonly Step[]): string => {
    git(["checkout", "--quiet", "--force", "--detach", start]);
    for (const one of steps) take(root, git, one);
    return git(["rev-parse", "HEAD"]);
  };
  let clean = 0;
  await fc.assert(
    fc.asyncProperty(side, side, async (one, other) => {
      const [ours, theirs] = [grow(one), grow(other)];
      const merged = await gateway.previewMerge(ours, theirs);
      if (!merged.clean) return;
      clean += 1;
      const [base = ""] = await gateway.mergeBases(ours, theirs);
      const since = (to: string) => gateway.changedFiles(base, to);
      expect(compareSides(await since(ours), await since(theirs), await since(merged.tree))).toBeUndefined();
    }),
    { numRuns: samples(4, 12, "CALM_TEST_MERGES"), ...chosenSeed },
  );
  expect(clean).toBeGreaterThan(0);
});
