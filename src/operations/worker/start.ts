import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import { loadConfig } from "../../project/load-config.ts";
import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { closest } from "../../model/closest.ts";
import { field, TaskArgument } from "../../model/field.ts";
import { builtinRoles, defaultMaxWorkers, Worker } from "../../model/worker.ts";
import { getTask, setTask } from "../../store/tasks.ts";
import { addWorker, listWorkers } from "../../store/workers.ts";
import { defineOperation } from "../operation.ts";

/** `calm worker start` */
export const workerStart = defineOperation({
  name: "worker start",
  summary: "Register a worker for a task and print its id",
  kind: "worker",
  effect: "write",
  examples: ["calm worker start SPEC-001 backend", "CALM_WORKER=$(calm worker start SPEC-001 reviewer)"],
  input: z.object({
    task: TaskArgument,
    role: field(z.string(), "Role it works in, for example backend or reviewer"),
  }),
  positional: ["task", "role"],
  output: Worker,
  async run(context, input) {
    const role = await requireRole(context, input.role);
    const most = (await loadConfig(context)).config.max_workers ?? defaultMaxWorkers;
    const store = await context.store();
    return store.write(async (tx) => {
      const task = await getTask(tx, input.task);
      const active = await listWorkers(tx, { status: "active" });
      if (active.length >= most) throw tooMany(most, active);
      const now = context.now();
      const worker: Worker = {
        id: context.newId("W"),
        task_id: task.id,
        role,
        status: "active",
        reason: null,
        started_at: now,
        heartbeat_at: now,
        ended_at: null,
      };
      await addWorker(tx, worker);
      await setTask(tx, task.id, { specialist: role });
      // Who started whom decides whose work a reviewer may review.
      const data = { ...worker, started_by: context.actor.worker ?? null };
      await tx.event({ task: task.id, summary: `started worker ${worker.id} as ${role}`, data });
      return worker;
    });
  },
  text: ({ id }) => id,
});

function tooMany(most: number, active: readonly Worker[]): Failure {
  return new Failure("too_many_workers", `${active.length} workers are active; the project allows ${most}`, {
    hint: `End one: calm worker complete ${active[0]?.id ?? "<id>"}, or raise max_workers in .calm/config.yaml`,
    details: { active: active.map((worker) => worker.id) },
  });
}

/** `_base.md` and the like are parts of roles; a name with other characters would be no argument to type. */
const roleFile = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\.md$/;

/** The role of a name: built in, in CALM_HOME/roles, or in the repository's .claude/roles. */
async function requireRole(context: Context, name: string): Promise<string> {
  const known = new Set<string>(builtinRoles);
  if (known.has(name)) return name;
  const { root } = await context.project();
  for (const folder of [context.home.roles, join(root, ".claude", "roles")]) {
    const files = await readdir(folder).catch(() => []); // neither folder needs to exist
    for (const file of files) if (roleFile.test(file)) known.add(file.slice(0, -3));
  }
  if (known.has(name)) return name;
  const near = closest(name, [...known]);
  throw new Failure("role_not_found", `There is no role ${name}`, {
    hint: near ? `Did you mean ${near}?` : `The roles are ${[...known].sort().join(", ")}`,
    details: { known: [...known].sort() },
  });
}
