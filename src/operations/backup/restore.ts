import * as z from "zod/mini";
import { type RestorePlan, withRestorePlan } from "../../backup/plan-restore.ts";
import { reconcileProject } from "../../backup/reconcile.ts";
import { restoreBackup } from "../../backup/restore-backup.ts";
import { BackupName } from "../../model/backup.ts";
import { DryRun, field, Yes } from "../../model/field.ts";
import { defineOperation } from "../operation.ts";
import { describeRestore, RestoreAnswer, summariseRestore } from "./describe-restore.ts";

/** `calm backup restore` */
export const backupRestore = defineOperation({
  name: "backup restore",
  summary: "Turn the database back to a backup, keep what it was, and agree with the repositories",
  kind: "restored_backup",
  effect: "destroy",
  examples: [
    "calm backup restore before-upgrade --dry-run",
    "calm backup restore auto_20260131T120000.000Z --yes",
  ],
  input: z.object({ name: field(BackupName, "Name of the backup"), yes: Yes, dry_run: DryRun }),
  positional: ["name"],
  output: RestoreAnswer,
  async run(context, input) {
    return withRestorePlan(context, input.name, async (plan) => {
      const wanted = planned(plan);
      if (input.dry_run) return wanted;
      await context.confirm(`Restore ${input.name}? ${summariseRestore(wanted)}.`, input.yes);
      const { comparison, operations, kept, damaged } = await restoreBackup(context, plan);
      const answer = { ...planned({ ...plan, comparison }), dry_run: false, kept, damaged };
      const reconciled: z.output<typeof RestoreAnswer>["projects"] = [];
      for (const project of comparison.projects) {
        const done = await reconcileProject(context, project, operations.get(project.id) ?? "");
        reconciled.push({ ...project, ...done });
      }
      return { ...answer, projects: reconciled };
    });
  },
  text: (answer, text) => describeRestore(answer, text),
});

function planned({ backup, live, comparison }: RestorePlan): z.output<typeof RestoreAnswer> {
  const untold = { reconciled: false, merges: [], taken_back: [], gone: [] };
  return {
    ...{ backup: backup.name, created_at: backup.created_at, dry_run: true },
    projects: comparison.projects.map((project) => ({ ...project, ...untold })),
    ...{ left_alone: [...comparison.unconcerned], kept: null, database: live, damaged: null },
  };
}
