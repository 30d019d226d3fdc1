import { findUnfinished } from "../git/unfinished.ts";
import { gitIn } from "../model/shell-quote.ts";
import type { Examination, Finding, Repository } from "./examination.ts";

/** No merge, rebase or conflict is left in the main checkout, where it would hold up every merge. */
export const checkout: Examination<Repository> = {
  name: "main checkout",
  async examine({ context, project }) {
    const { root, commonDir, bare } = project;
    if (bare) return { summary: "none, the repository is bare", findings: [] };
    const git = await context.git();
    const unfinished = findUnfinished(commonDir);
    const dirty = await git.dirtyFiles(root);
    const unmerged = dirty.filter((file) => file.state === "unmerged").map((file) => file.path);
    const findings: Finding[] = [];
    const found = (message: string): void => {
      findings.push({ state: "problem", message, command: `${gitIn(root)} status` });
    };
    if (unfinished !== undefined) found(`a git operation is under way in ${root} (${unfinished})`);
    const [first] = unmerged;
    if (first !== undefined)
      found(`${unmerged.length} files in ${root} are in conflict, ${first} among them`);
    return { summary: "no git operation is under way there", findings };
  },
};
