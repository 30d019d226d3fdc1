import * as z from "zod/mini";
import { DryRun, field } from "../../model/field.ts";
import { accountFor, Remark, remarksOn, TableAccount } from "../../migrate/account.ts";
import { knownPlaces } from "../../migrate/carry-out.ts";
import { takeOverOriginal } from "../../migrate/take-over.ts";
import { defineOperation } from "../operation.ts";
import { describeTakeOver } from "./describe-take-over.ts";

const Output = z.object({
  dry_run: z.boolean(),
  sources: z.array(
    z.object({
      path: z.string(),
      place: field(z.enum(["file", "home", "aside"]), "home = adopted in place; aside = adopted before"),
      left: field(
        z.array(z.object({ name: z.string(), rows: z.int() })),
        "Tables that are none of calm's business and stay as they are",
      ),
    }),
  ),
  backup: field(z.nullable(z.string()), "The copy of a database that was adopted in place"),
  tables: field(z.array(TableAccount), "What became of every table that has rows"),
  remarks: field(z.array(Remark), "Why rows were changed or set aside"),
  projects: field(
    z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        path: z.string(),
        present: field(z.boolean(), "Whether its repository is on this machine"),
        rows: field(z.int(), "New rows that it got"),
      }),
    ),
    "Where the rows went",
  ),
});
export type TakeOverOutput = z.output<typeof Output>;

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
  output: Output,
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
  next: ({ dry_run: dryRun, tables }) => {
    const taken = tables.some(({ read, already_here: already }) => read > already);
    if (dryRun) return taken ? ["calm migrate"] : [];
    return taken ? ["calm status", "calm task list"] : [];
  },
});
