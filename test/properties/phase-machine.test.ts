import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  allPhases,
  endsOf,
  gateOf,
  phaseIndex,
  phases,
  type TaskType,
  type Transition,
  transitions,
  transitionsFrom,
} from "../../src/model/workflow.ts";
import { chosenSeed, samples } from "../support/samples.ts";
import { dump, query } from "../support/database.ts";
import { createWorld, type World } from "../support/world.ts";

/** What a task is thought to be. */
interface ModelTask {
  readonly type: TaskType;
  phase: string;
  /** Gates that a person has declared met; the content never changes here. */
  readonly overridden: Set<Transition>;
}

type Model = Map<string, ModelTask>;

/** One command; `task` is a number of this run's, of which some are never created. */
type Step =
  | { readonly do: "create"; readonly task: number; readonly type: TaskType }
  | {
      readonly do: "forward";
      readonly task: number;
      readonly to: string;
      readonly claim: "none" | "pass" | "fail";
    }
  | { readonly do: "back"; readonly task: number; readonly to: string; readonly reason: boolean }
  | { readonly do: "update"; readonly task: number; readonly what: "title" | "phase" | "nothing" }
  | { readonly do: "override"; readonly task: number; readonly transition: Transition }
  /** The usual way on, so many times: declare the next gate met, and go. */
  | { readonly do: "advance"; readonly task: number; readonly times: number };

const task = fc.nat(2);
const phase = fc.constantFrom(...allPhases, "NOWHERE", "done", "");
const steps = fc.array(
  fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("create" as const),
        task,
        type: fc.constantFrom("feature" as const, "bug" as const),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("forward" as const),
        task,
        to: phase,
        claim: fc.constantFrom("none" as const, "pass" as const, "fail" as const),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant("back" as const), task, to: phase, reason: fc.boolean() }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("update" as const),
        task,
        what: fc.constantFrom("title" as const, "phase" as const, "nothing" as const),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("override" as const),
        task,
        transition: fc.constantFrom(...transitions),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("advance" as const),
        task,
        times: fc.integer({ min: 1, max: 5 }),
      }),
    },
  ),
  { minLength: 6, maxLength: 10 },
);

/** The exit codes that the model allows for a move forward; the model moves when 0 is the only one. */
function forward(known: ModelTask, to: string, claim: string): number {
  const target = phases[known.type].find((name) => name === to.toUpperCase());
  const transition = transitionsFrom(known.type, known.phase).find((name) => endsOf(name).to === target);
  if (target === undefined || transition === undefined) return 2;
  if (claim === "fail") return 0;
  if (gateOf(transition).movedBy === "merge" || !known.overridden.has(transition)) return 4;
  known.phase = target;
  return 0;
}

function back(known: ModelTask, to: string, hasReason: boolean): number {
  const target = phases[known.type].find((name) => name === to.toUpperCase());
  if (target === undefined) return 2;
  if (["VERIFY", "MERGED", "DONE"].includes(known.phase)) return 4;
  if (phaseIndex(known.type, target) >= phaseIndex(known.type, known.phase) || !hasReason) return 2;
  known.phase = target;
  return 0;
}

/** Runs calm's own commands beside the model and compares. */
class Race {
  readonly #world: World;
  readonly #database: string;
  readonly #prefix: string;
  readonly #model: Model = new Map();

  constructor(world: World, run: number) {
    this.#world = world;
    this.#database = join(world.env["CALM_HOME"] ?? "", "metadata.db");
    this.#prefix = `R${run}`;
  }

  async #calm(argv: readonly string[], allowed: readonly number[], typed?: string): Promise<number> {
    const before = dump(this.#database);
    const ran = await this.#world.calm(argv, typed === undefined ? {} : { tty: true, typed });
    expect(allowed, `${argv.join(" ")}: ${ran.err}`).toContain(ran.exitCode);
    if (ran.exitCode !== 0) expect(dump(this.#database), argv.join(" ")).toEqual(before);
    this.#compare(argv);
    return ran.exitCode;
  }

  #compare(argv: readonly string[]): void {
    const rows = query<{ id: string; type: string; phase: string }>(
      this.#database,
      "select id, type, phase from tasks where id like ?",
      `${this.#prefix}-%`,
    );
    const thought = [...this.#model].map(([id, one]) => ({ id, type: one.type, phase: one.phase }));
    const byId = (a: { id: string }, b: { id: string }): number => a.id.localeCompare(b.id);
    expect(rows.sort(byId), argv.join(" ")).toEqual(thought.sort(byId));
  }

  async take(step: Step): Promise<void> {
    const id = `${this.#prefix}-${step.task}`;
    const known = this.#model.get(id);
    if (step.do === "create") {
      if (!known)
        this.#model.set(id, { type: step.type, phase: phases[step.type][0], overridden: new Set() });
      await this.#calm(["task", "create", id, "Title", "--type", step.type], [known ? 5 : 0]);
    } else if (!known) {
      const expected = step.do === "update" && step.what !== "title" ? [2, 3, 4] : [3];
      await this.#calm(this.#argvOf(id, step), expected);
    } else if (step.do === "override") {
      await this.#override(id, known, step.transition);
    } else if (step.do === "advance") {
      for (let time = 0; time < step.times; time++) await this.#advance(id, known);
    } else {
      const expected = this.#expect(known, step);
      await this.#calm(this.#argvOf(id, step), [expected]);
    }
  }

  async #advance(id: string, known: ModelTask): Promise<void> {
    const [next] = transitionsFrom(known.type, known.phase);
    if (!next) return;
    if (!known.overridden.has(next)) await this.#override(id, known, next);
    const { to } = endsOf(next);
    const expected = forward(known, to, "none");
    await this.#calm(["task", "transition", id, to], [expected]);
  }

  #expect(known: ModelTask, step: Extract<Step, { do: "forward" | "back" | "update" }>): number {
    if (step.do === "forward") return forward(known, step.to, step.claim);
    if (step.do === "back") return back(known, step.to, step.reason);
    return { title: 0, phase: 4, nothing: 2 }[step.what];
  }

  #argvOf(id: string, step: Step): string[] {
    if (step.do === "back") {
      return ["task", "transition", id, step.to, "--back", ...(step.reason ? ["--reason", "why not"] : [])];
    }
    if (step.do === "forward") {
      return [
        "task",
        "transition",
        id,
        step.to,
        ...(step.claim === "none" ? [] : ["--gate-result", step.claim]),
      ];
    }
    if (step.do === "update") {
      const what = { title: ["--title", "Other"], phase: ["--phase", "DONE"], nothing: [] };
      return ["task", "update", id, ...what[step.what]];
    }
    if (step.do === "override") return ["task", "override", id, step.transition, "--reason", "a test"];
    return ["task", "transition", id, "DESIGN"];
  }

  async #override(id: string, known: ModelTask, transition: Transition): Promise<void> {
    const argv = ["task", "override", id, transition, "--reason", "a test"];
    // A merge's gate may need a worktree, which no task has here.
    const own = gateOf(transition).type === known.type;
    const allowed = !own ? [2] : gateOf(transition).movedBy === "merge" ? [0, 2, 3, 4] : [0];
    const exitCode = await this.#calm(argv, allowed, `${id}\r`);
    if (exitCode === 0) known.overridden.add(transition);
  }

  /** The phases in which tasks are now. */
  get reached(): string[] {
    return [...this.#model.values()].map((one) => one.phase);
  }

  /** The history of each task is one chain of the table's edges, and ends where the task is. */
  requireHistory(): void {
    for (const [id, known] of this.#model) {
      const rows = query<{ from_phase: string; to_phase: string; kind: string }>(
        this.#database,
        "select from_phase, to_phase, kind from phase_transitions where task_id = ? order by id",
        id,
      );
      let at = "";
      for (const { from_phase: from, to_phase: to, kind } of rows) {
        expect(from).toBe(at);
        const isEdge = transitions.some(
          (name) => name === `${from}-${to}` && gateOf(name).type === known.type,
        );
        const isBack = kind === "back" && phaseIndex(known.type, to) < phaseIndex(known.type, from);
        expect(isEdge || isBack || from === "", `${kind} ${from}-${to}`).toBe(true);
        if (kind !== "attempt") at = to;
      }
      expect(at).toBe(known.phase);
    }
  }
}

test("whatever is asked for in whatever order, tasks only move over the table's edges", async () => {
  const world = createWorld();
  await world.calm(["init"]);
  let run = 0;
  const deepest = new Set<string>();
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const race = new Race(world, ++run);
      await race.take({ do: "create", task: 0, type: "feature" });
      await race.take({ do: "create", task: 1, type: "bug" });
      for (const step of sequence) await race.take(step);
      race.requireHistory();
      for (const reached of race.reached) deepest.add(reached);
    }),
    { numRuns: samples(6, 8), endOnFailure: true, ...chosenSeed },
  );
  // Otherwise the sequences no longer come to where moving by hand ends.
  expect([...deepest]).toEqual(expect.arrayContaining(["INTEGRATE", "TESTED"]));
});
