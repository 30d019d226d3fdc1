import type { Context } from "../context.ts";
import { bugReportPath, proposalPath, specPath } from "../model/paths.ts";
import type { Task } from "../model/task.ts";
import type { Gate } from "../model/workflow.ts";
import type { LoadedConfig } from "../project/load-config.ts";
import { findDocument, type Location } from "../project/location.ts";
import { findMerge } from "../store/merges.ts";

/**
 * What an override at a merge belongs to. Not the branch's HEAD: the next candidate, on a default branch that has
 * moved, is content that no person has seen.
 */
export function mergedTree(tree: string): string {
  return `merged:${tree}`;
}

/** What a verdict of this gate belongs to now, as one text; equal texts mean equal content. */
export async function readAnchor(
  context: Context,
  task: Task,
  gate: Gate,
  location: Location,
  loaded: LoadedConfig,
): Promise<string> {
  const blob = async (pathOf: (id: string) => string): Promise<string> =>
    (await findDocument(context, task, pathOf, location, loaded)).blob ?? "absent";
  switch (gate.anchor) {
    case "spec":
      return `spec:${await blob(specPath)}`;
    case "design":
      return `design:${await blob(specPath)},${await blob(proposalPath)}`;
    case "report":
      return `report:${(await (await context.git()).blobOf(location.commit, bugReportPath(task.id))) ?? "absent"}`;
    case "none":
      return "none";
    case "head":
    case "candidate":
      return `${gate.anchor}:${location.commit}`;
    case "default":
      return `default:${loaded.tip}`;
  }
}

/** Whether a run's anchor still speaks for the content now. */
export async function anchorHolds(
  context: Context,
  task: Task,
  gate: Gate,
  recorded: string,
  present: string,
): Promise<boolean> {
  if (recorded === present) return true;
  if (gate.anchor !== "default") return false;
  // Any first-parent commit from the merge to the tip speaks for the default branch.
  const git = await context.git();
  const merge = await findMerge(await context.store(), task.id);
  const [ran, tip] = [recorded, present].map((anchor) => anchor.replace("default:", ""));
  if (!merge || ran === undefined || tip === undefined) return false;
  return (
    (await git.isFirstParentAncestor(merge.commit_sha, ran)) && (await git.isFirstParentAncestor(ran, tip))
  );
}
