import { closest } from "../model/closest.ts";
import { findCycle, tellCycle } from "../model/cycle.ts";
import { defaultPriority, splitList, typeOfId } from "../model/task.ts";
import type { TaskLine } from "../model/task-line.ts";
import { phases } from "../model/workflow.ts";
import type { Reader } from "../store/store.ts";
import { ancestorsOf, findTaskIds, idKey } from "../store/task-ids.ts";
import type { NewTask } from "../store/tasks.ts";
import { type LineProblem, requireNoProblems } from "./line-problems.ts";
import { findParentCycle } from "./set-dependencies.ts";

/** A task to import, and the line that it stands on. */
export interface NumberedLine {
  readonly line: number;
  readonly task: TaskLine;
}

/** What an import will write. */
export interface ImportPlan {
  readonly tasks: readonly NewTask[];
  /** Every task with what blocks it. */
  readonly blockers: ReadonlyMap<string, readonly string[]>;
  /** Tasks that had come further where they come from. */
  readonly restarted: readonly { readonly id: string; readonly phase: string }[];
  /** Parents that there is no task of. */
  readonly missingParents: readonly string[];
}

/** Decides what an import writes; refuses all of it when one line cannot be taken. */
export async function planImport(
  store: Reader,
  lines: readonly NumberedLine[],
  now: string,
): Promise<ImportPlan> {
  const known = await findKnownIds(store, lines);
  const problems: LineProblem[] = [];
  const blockers = new Map<string, readonly string[]>();
  const missingParents = new Set<string>();
  const tasks = lines.map(({ line, task }): NewTask => {
    const behind = new Set<string>();
    for (const name of (task.blocked_by ?? []).flatMap(splitList)) {
      const blocker = known.get(idKey(name));
      if (blocker === undefined)
        problems.push(unknownBlocker(line, name, problems.length === 0 ? known : new Map()));
      else behind.add(blocker);
    }
    blockers.set(task.id, [...behind]);
    problems.push(...phaseProblems(line, task));
    const named = task.spec_id ?? task.spec ?? null;
    const parent = named === null ? null : (known.get(idKey(named)) ?? named);
    if (parent !== null && !known.has(idKey(parent))) missingParents.add(parent);
    return toNewTask(task, parent, now);
  });
  requireNoProblems(problems);
  // No task that exists can be blocked by a new one, so only the new ones can make a cycle.
  const cycle = findCycle(blockers.keys(), (id) => blockers.get(id) ?? []);
  if (cycle) requireNoProblems([cycleProblem(lines, cycle, "blocked_by", "block each other")]);
  const parents = await findNewParentCycle(store, tasks);
  if (parents) requireNoProblems([cycleProblem(lines, parents, "spec_id", "be each other's parents")]);
  const restarted = lines.flatMap(({ task: { id, phase } }, index) => {
    const before = phase?.toUpperCase();
    return before === undefined || before === tasks[index]?.phase ? [] : [{ id, phase: before }];
  });
  return { tasks, blockers, restarted, missingParents: [...missingParents] };
}

/** The ids that lines may name, by key: those of the input and those they name that exist; refuses ids that are taken. */
async function findKnownIds(
  store: Reader,
  lines: readonly NumberedLine[],
): Promise<ReadonlyMap<string, string>> {
  const named = lines.flatMap(({ task }) => [
    ...[task.id, ...(task.blocked_by ?? []).flatMap(splitList)],
    ...[task.spec_id ?? task.spec ?? []].flat(),
  ]);
  const existing = await findTaskIds(store, [...new Set(named)]);
  const problems: LineProblem[] = [];
  const first = new Map<string, NumberedLine>();
  for (const numbered of lines) {
    const { line, task } = numbered;
    const before = first.get(idKey(task.id));
    const taken = existing.get(idKey(task.id));
    if (before) {
      const message = `id ${task.id} is on line ${before.line} already`;
      problems.push({ line, field: "id", code: "invalid_input", message });
    } else if (taken) {
      problems.push({
        line,
        field: "id",
        code: "already_exists",
        message: `task ${taken.id} already exists`,
      });
    }
    if (!before) first.set(idKey(task.id), numbered);
  }
  requireNoProblems(problems);
  const known = new Map([...existing].map(([key, { id }]) => [key, id]));
  for (const [key, { task }] of first) known.set(key, task.id);
  return known;
}

function unknownBlocker(line: number, name: string, candidates: ReadonlyMap<string, string>): LineProblem {
  const message = `blocked_by: there is no task ${name.slice(0, 80)}, here or in the input`;
  const near = closest(name.slice(0, 80), [...candidates.values()].slice(0, 500));
  return { line, field: "blocked_by", code: "task_not_found", message, ...(near !== undefined && { near }) };
}

function phaseProblems(line: number, { id, type, phase }: TaskLine): LineProblem[] {
  const known: readonly string[] = phases[type ?? typeOfId(id)];
  if (phase == null || known.includes(phase.toUpperCase())) return [];
  const near = closest(phase.toUpperCase(), known);
  const message = `phase is one of ${known.join(", ")}; not ${phase.slice(0, 80)}`;
  return [{ line, field: "phase", code: "unknown_transition", message, ...(near !== undefined && { near }) }];
}

function toNewTask(task: TaskLine, parent: string | null, now: string): NewTask {
  const type = task.type ?? typeOfId(task.id);
  return {
    ...{ id: task.id, title: task.title, type, phase: phases[type][0], spec_id: parent },
    ...{ specialist: task.specialist || null, notes: task.notes || null },
    ...{ priority: task.priority ?? defaultPriority, touches: task.touches ?? [] },
    ...{ created_at: now, updated_at: now },
  };
}

/** A task that exists may have named a new one as its parent in advance. */
async function findNewParentCycle(store: Reader, tasks: readonly NewTask[]): Promise<string[] | undefined> {
  const parents = tasks.map(({ id, spec_id: parent }) => [idKey(id), parent] as const);
  const named = parents.map(([, parent]) => parent).filter((parent) => parent !== null);
  const all = new Map(await ancestorsOf(store, [...new Set(named)]));
  for (const [key, parent] of parents) if (parent !== null) all.set(key, parent);
  const ids = tasks.map(({ id }) => id);
  return findParentCycle(ids, all);
}

function cycleProblem(
  lines: readonly NumberedLine[],
  cycle: readonly string[],
  field: string,
  what: string,
): LineProblem {
  const on = lines.find(({ task }) => cycle.includes(task.id));
  const message = `${field}: the tasks would ${what}: ${tellCycle(cycle)}`;
  return { line: on?.line ?? 1, field, code: "dependency_cycle", message };
}
