import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import * as z from "zod/mini";
import { operations } from "../../src/operations/index.ts";
import { dump, query } from "./database.ts";
import { createWorld, type RunOptions, smallProject, type World } from "./world.ts";

/** A command line: words in one text, or the words themselves where one holds a space. */
export type Line = string | readonly string[];

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly details: Record<string, unknown>;
}

/** What one operation answered under `--json`. */
export interface Answer {
  readonly exitCode: number;
  readonly data: Record<string, unknown>;
  readonly warnings: readonly string[];
  readonly error: Refusal | undefined;
  readonly err: string;
}

interface Document {
  readonly ok: boolean;
  readonly data?: Record<string, unknown>;
  readonly warnings?: readonly string[];
  readonly error?: Refusal;
}

function wordsOf(line: Line): readonly string[] {
  return typeof line === "string" ? line.split(" ") : line;
}

/** The answer as the operation's own schema has it; what the schema does not know fails. */
async function checkAnswer(words: readonly string[], data: unknown): Promise<void> {
  const named = operations.filter(({ name }) => `${words.join(" ")} `.startsWith(`${name} `));
  const entry = named.sort((a, b) => b.name.length - a.name.length)[0];
  if (!entry) throw new Error(`no operation: ${words.join(" ")}`);
  const { output } = await entry.load();
  expect(z.parse(output, data), words.join(" ")).toEqual(data);
}

/** Runs an operation with `--json` and holds its answer against its schema. */
export async function operate(world: World, line: Line, options: RunOptions = {}): Promise<Answer> {
  const words = wordsOf(line);
  const ran = await world.calm(["--json", ...words], options);
  const { ok, data, error, warnings } = JSON.parse(ran.out) as Document;
  expect(ok, ran.out).toBe(ran.exitCode <= 1);
  if (ok) await checkAnswer(words, data);
  return { exitCode: ran.exitCode, data: data ?? {}, warnings: warnings ?? [], error, err: ran.err };
}

/** Runs an operation that must succeed; gives its data. */
export async function must(
  world: World,
  line: Line,
  options: RunOptions = {},
): Promise<Record<string, unknown>> {
  const answer = await operate(world, line, options);
  expect([answer.exitCode, answer.error], JSON.stringify(answer)).toEqual([0, undefined]);
  return answer.data;
}

/** Runs an operation as a person at a terminal who types the task's id. */
export async function mustByPerson(world: World, line: Line, id: string): Promise<Record<string, unknown>> {
  return must(world, line, { tty: true, typed: `${id}\r` });
}

function databaseOf(world: World): string {
  return join(world.env["CALM_HOME"] ?? "", "metadata.db");
}

// Calm's own bookkeeping; a refused operation may have been written down and taken back, and is a sign of life.
const bookkeeping = ["journal", "sequences", "slots", "changes", "changed_files", "remembered_commits"];

/** Everything that a refused command must leave as it was: the rows, the refs, the main checkout. */
export function stateOf(world: World): unknown {
  const rows = dump(databaseOf(world), bookkeeping, ["heartbeat_at"]);
  return { rows, files: [...filesBelow(world.repository)] };
}

/** Every file of the main checkout, and what of git's says where its refs and its index stand. */
function* filesBelow(root: string, folder = ""): Generator<readonly [path: string, content: string]> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (/^(\.worktrees|\.git\/(?!(refs|HEAD|packed-refs|index)$)[^/]+)$/.test(path)) continue;
    if (entry.isDirectory()) yield* filesBelow(root, path);
    else if (entry.isFile()) yield [path, readFileSync(join(root, path), "latin1")];
    else yield [path, entry.isSymbolicLink() ? readlinkSync(join(root, path)) : "special"];
  }
}

/** The phase of a task. */
export function phaseOf(world: World, task: string): string | undefined {
  const sql = "select phase from tasks where id = ?";
  return query<{ phase: string }>(databaseOf(world), sql, task)[0]?.phase;
}

/** Puts a task into a phase past every gate, where the way there is not what a test is about. */
export function putInto(world: World, task: string, phase: string): void {
  query(databaseOf(world), "update tasks set phase = ? where id = ? returning id", phase, task);
}

/** Runs an operation that must be refused with this exit code and code string, and must change nothing. */
export async function refused(
  world: World,
  line: Line,
  expected: readonly [exitCode: number, code: string, message: RegExp, hint: RegExp | string],
  options: RunOptions = {},
): Promise<Refusal> {
  const before = stateOf(world);
  const { exitCode, error } = await operate(world, line, options);
  const [wantedExit, code, message, hint] = expected;
  expect([exitCode, error?.code], JSON.stringify(error)).toEqual([wantedExit, code]);
  expect(error?.message).toMatch(message);
  if (typeof hint === "string") expect(error?.hint).toContain(hint);
  else expect(error?.hint).toMatch(hint);
  expect(stateOf(world)).toEqual(before);
  if (!error) throw new Error("no error");
  return error;
}

/** One check of a gate run, as `gate check` answers. */
export interface Checked {
  readonly check: string;
  readonly verdict: string;
  readonly message: string;
  readonly room: string | null;
  readonly log_path: string | null;
  readonly cached_from: number | null;
}

/** Runs a gate; gives its run number and its checks by name. */
export async function runGate(
  world: World,
  line: Line,
  passed: boolean,
  options: RunOptions = {},
): Promise<{ readonly run: number; readonly checks: Record<string, Checked>; readonly next: string }> {
  const answer = await operate(world, line, options);
  const list = answer.data["checks"] as readonly Checked[] | undefined;
  const told = JSON.stringify(answer.error ?? list);
  expect([answer.exitCode, answer.data["passed"]], told).toEqual([passed ? 0 : 1, passed]);
  const checks = Object.fromEntries((list ?? []).map((one) => [one.check, one]));
  return { run: answer.data["id"] as number, checks, next: answer.data["next"] as string };
}

/** A configuration whose commands cost nothing, and where nobody has to approve. */
export const trivialConfig = `version: 1
gates:
  SPEC-DESIGN: { approval: none }
  DESIGN-IMPLEMENT: { approval: none }
checks:
  tests: { run: "true", min_tests: 0 }
  lint: { none: "no linter" }
  types: { none: "plain JavaScript" }
`;

/** A world with trusted, trivial commands; `config` replaces the configuration. */
export async function trivialWorld(config = trivialConfig): Promise<World> {
  const world = createWorld({ ...smallProject, ".calm/config.yaml": config });
  await must(world, "trust --yes");
  return world;
}

/** Starts a worker and gives its id. */
export async function startWorker(
  world: World,
  task: string,
  role: string,
  options: RunOptions = {},
): Promise<string> {
  return (await must(world, ["worker", "start", task, role], options))["id"] as string;
}
