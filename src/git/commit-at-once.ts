import { makePrivateFolder } from "../system/private-folder.ts";
import { basename, dirname, join } from "node:path";
import { inTemporaryFolder } from "../system/temporary-folder.ts";
import { byteInput, byteText, lookAtBytePath, quoteForGit, readLinkBytes } from "./byte-paths.ts";
import { hasShortIds } from "./index-entries.ts";
import { realPath } from "./local-files.ts";
import { revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import { keepsItsRulesBelow, rulesBelowRoot } from "./root-rules.ts";

/** Files of a working tree, as they lie there on top of its HEAD and of what is staged. */
export interface Draft {
  readonly worktree: string;
  readonly head: string;
  readonly files: readonly string[];
  /** Whether its index may have what its HEAD has not. */
  readonly isStaged: boolean;
}

/** A commit of a draft, and its tree. */
export interface DraftCommit {
  readonly commit: string;
  readonly tree: string;
}

/** A draft, the folder that its working tree lies in, and its files there by the modes that git gives them. */
interface Prepared {
  readonly draft: Draft;
  readonly above: string;
  readonly name: string;
  readonly files: readonly {
    readonly path: string;
    readonly mode: "100644" | "100755" | "120000" | "gone";
  }[];
}

/**
 * Commits drafts on top of their HEADs: one git makes the blobs of all working trees that lie beside each other, another
 * one all commits. The answer has none of those that it cannot commit.
 */
export async function commitAtOnce(
  repository: Repository,
  drafts: readonly Draft[],
): Promise<ReadonlyMap<Draft, DraftCommit>> {
  const isUsual = hasShortIds(repository.commonDir) && (await rulesBelowRoot(repository)) !== undefined;
  const able = isUsual ? drafts.flatMap((draft) => prepare(draft) ?? []) : [];
  const blobs = able.length === 0 ? undefined : await writeBlobs(repository, able);
  if (!blobs) return new Map();
  // Its refs go to a repository of their own.
  const head = { path: "HEAD", content: Buffer.from("ref: refs/heads/none\n") };
  return inTemporaryFolder([head], async (gitDir) => {
    for (const name of ["objects", "refs"]) makePrivateFolder(join(gitDir, name));
    const input = byteInput(able.map((one, number) => scriptOf(one, number + 1, blobs)).join(""));
    const call = {
      input,
      // Its pack goes with the quarantine, so no disk is waited for.
      config: ["fastimport.unpackLimit=0", "core.fsync=none"],
      cwd: gitDir,
      env: { GIT_DIR: gitDir, GIT_WORK_TREE: undefined },
      answers: [0, 128],
    };
    const { exitCode, stdout } = await repository.run(["fast-import", "--quiet"], call);
    const ids = [...stdout.toString("latin1").matchAll(/^040000 tree ([0-9a-f]+)\t\n([0-9a-f]+)$/gm)];
    if (exitCode !== 0 || ids.length !== able.length) return new Map();
    return new Map(
      able.map(({ draft }, number) => {
        const [, tree = "", commit = ""] = ids[number] ?? [];
        return [draft, { tree, commit }];
      }),
    );
  });
}

/** undefined for what is neither file nor link, where something is staged, and where other rules would be applied. */
function prepare(draft: Draft): Prepared | undefined {
  const place = realPath(draft.worktree);
  if (draft.isStaged || place === undefined || !keepsItsRulesBelow(place)) return undefined;
  const files: Prepared["files"][number][] = [];
  for (const path of draft.files) {
    const stats = lookAtBytePath(place, byteText(Buffer.from(path)));
    if (stats === undefined) files.push({ path, mode: "gone" });
    else if (stats.isSymbolicLink()) files.push({ path, mode: "120000" });
    else if (!stats.isFile()) return undefined;
    else files.push({ path, mode: (stats.mode & 0o100) === 0 ? "100644" : "100755" });
  }
  return { draft, above: dirname(place), name: basename(place), files };
}

/** The blobs of all files by their full paths, as git would take them in; undefined when one cannot be read. */
async function writeBlobs(
  repository: Repository,
  prepared: readonly Prepared[],
): Promise<ReadonlyMap<string, string> | undefined> {
  const blobs = new Map<string, string>();
  for (const above of new Set(prepared.map((one) => one.above))) {
    const beside = prepared.filter((one) => one.above === above);
    const paths = beside.flatMap(({ name, files }) =>
      files.filter(({ mode }) => mode.startsWith("100")).map(({ path }) => `${name}/${path}`),
    );
    if (paths.length === 0) continue;
    // The folder as one working tree, so that each has the filters and line ends of its own attributes.
    const args = ["-c", "core.safecrlf=false", "hash-object", "-w", "--stdin-paths"] as const;
    const input = byteInput(paths.map((path) => `${quoteForGit(byteText(Buffer.from(path)))}\n`).join(""));
    const call = { input, cwd: above, env: { GIT_WORK_TREE: above }, answers: [0, 128] };
    const { exitCode, stdout } = await repository.run(args, call);
    const ids = stdout.toString("latin1").split("\n").slice(0, -1);
    if (exitCode !== 0 || ids.length !== paths.length) return undefined;
    for (const [place, path] of paths.entries()) blobs.set(join(above, path), ids[place] ?? "");
  }
  return blobs;
}

/** What `git fast-import` reads to commit a draft and to tell its tree and id; bytes as latin1. */
function scriptOf(
  { draft, above, name, files }: Prepared,
  mark: number,
  blobs: ReadonlyMap<string, string>,
): string {
  const place = join(above, name);
  const gone = files.filter(({ mode }) => mode === "gone");
  const there = files.filter(({ mode }) => mode !== "gone");
  const quoted = (path: string): string => quoteForGit(byteText(Buffer.from(path)));
  return [
    `commit refs/heads/draft-${mark}\nmark :${mark}\ncommitter calm <calm@localhost> 0 +0000\ndata 0\n`,
    `from ${revision(draft.head)}\n`,
    // First: a folder may lie where a file was.
    ...gone.map(({ path }) => `D ${quoted(path)}\n`),
    ...there.map(({ path, mode }) => {
      const blob = blobs.get(join(place, path));
      if (blob !== undefined) return `M ${mode} ${blob} ${quoted(path)}\n`;
      const target = byteText(readLinkBytes(place, byteText(Buffer.from(path))));
      return `M ${mode} inline ${quoted(path)}\ndata ${target.length}\n${target}\n`;
    }),
    `\nls :${mark} ""\nget-mark :${mark}\n`,
  ].join("");
}
