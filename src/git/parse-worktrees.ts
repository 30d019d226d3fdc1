import type { ListedWorktree } from "./git.ts";

/** Reads `git worktree list --porcelain -z`. */
export function parseWorktrees(text: string): ListedWorktree[] {
  return text
    .split("\0\0")
    .filter((record) => record !== "")
    .map((record) => {
      const fields = new Map(record.split("\0").map(keyAndValue));
      return {
        path: fields.get("worktree") ?? "",
        head: commitOrNone(fields.get("HEAD")),
        branch: fields.get("branch"),
        bare: fields.has("bare"),
        detached: fields.has("detached"),
        locked: fields.get("locked"),
        prunable: fields.get("prunable"),
      };
    });
}

function keyAndValue(field: string): [string, string] {
  const space = field.indexOf(" ");
  return space < 0 ? [field, ""] : [field.slice(0, space), field.slice(space + 1)];
}

/** git shows zeros for a branch without a commit. */
function commitOrNone(id: string | undefined): string | undefined {
  return id === undefined || /^0+$/.test(id) ? undefined : id;
}
