import { Failure } from "../failure.ts";
import type { Git } from "./git.ts";
import { parseBatch, parseSizedTree } from "./parse-tree.ts";
import { revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";

/** Many files of a commit at once, with what is needed to write them somewhere else. */
export function treeFiles(repository: Repository): Pick<Git, "filesBelow" | "readBlobs"> {
  return {
    filesBelow: async (commit, paths) => {
      if (paths.length === 0) return []; // without a path git would list everything
      const args = ["ls-tree", "-r", "-l", "-z", "--full-tree", revision(commit), "--", ...paths] as const;
      return parseSizedTree((await repository.run(args)).stdout.toString("utf8"));
    },
    readBlobs: async (blobs) => {
      if (blobs.length === 0) return [];
      const input = blobs.map((blob) => `${revision(blob)}\n`).join("");
      const answer = await repository.run(["cat-file", "--batch"], { input });
      const contents = parseBatch(answer.stdout).filter((content) => content !== undefined);
      if (contents.length === blobs.length) return contents;
      throw new Failure("git_failed", "Objects of the repository are missing", {
        hint: `Look at it: git -C ${repository.commonDir} fsck`,
      });
    },
  };
}
