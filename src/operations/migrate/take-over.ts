import * as z from "zod/mini";
import { DryRun, field } from "../../model/field.ts";
import { shellQuote } from "../../model/shell-quote.ts";
import { accountFor, remarksOn } from "../../migrate/account.ts";
import { knownPlaces } from "../../migrate/carry-out.ts";
import { takeOverOriginal } from "../../migrate/take-over.ts";
import { defineOperation } from "../operation.ts";
import { describeTakeOver, hasNewRows, isAdopted, TakeOverAccount } from "./describe-take-over.ts";

/** `calm migrate` */
export const migrate = defineOperation({
  name: "migrate",
  summary: "Take over the tasks and history of the Python or bash original; safe to repeat",
  kind: "migration",
  effect: "write",
  examples: ["calm migrate --dry-run", "calm migrate", "calm migrate ~/old/metadata.db --here"],
  input: z.object({
    file: z.optional(field(z.string(), "metadata.db or claws.db; default: wherever the original kept them")),
    here: field(
      z._default(z.boolean(), false),
      "Take what belongs to repositories that are not on this machine into the current project",
    ),
    dry_run: DryRun,
  }),
  positional: ["file"],
  output: TakeOverAccount,
  async run(context, input) {
    const { file, here, dry_run: dryRun } = input;
    const { sources, places, rows, backup } = await takeOverOriginal(context, { file, here, dryRun });
    const gotten = (id: string): number =>
      rows.filter(({ project, outcome }) => project === id && outcome !== "already_here").length;
    return {
      dry_run: dryRun,
      sources: sources.map(({ path, place, original }) => ({ path, place, left: [...original.others] })),
      backup,
      tables: accountFor(rows),
      remarks: remarksOn(rows),
      projects: knownPlaces(places).map(({ id, name, path, project }) => {
        return { id, name, path, present: project !== undefined, rows: gotten(id) };
      }),
    };
  },
  text: describeTakeOver,
  next: (output) => {
    if (!hasNewRows(output) && !isAdopted(output)) return [];
    if (!output.dry_run) return ["calm status", "calm task list"];
    // It may be a file that was named, and must be again; several are only found where they usually lie.
    const [only, another] = output.sources;
    const named = only?.place === "file" && another === undefined;
    return [named ? `calm migrate ${shellQuote(only.path)}` : "calm migrate"];
  },
});
