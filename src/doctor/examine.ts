import type { Context, Project } from "../context.ts";
import { Failure } from "../failure.ts";
import { loadConfig } from "../project/load-config.ts";
import { findOwnDatabase } from "../store/open-database.ts";
import type { Store } from "../store/store.ts";
import { checkout } from "./checkout.ts";
import { configuration, trusted } from "./configuration.ts";
import { database } from "./database.ts";
import { diskSpace } from "./disk-space.ts";
import type { Examination, Examined, Machine, Memory, Repository } from "./examination.ts";
import { gateRuns } from "./gate-runs.ts";
import { history } from "./history.ts";
import { interrupted } from "./interrupted.ts";
import { leases } from "./leases.ts";
import { mergeQueue } from "./merge-queue.ts";
import { merges } from "./merges.ts";
import { permissions } from "./permissions.ts";
import { refs } from "./refs.ts";
import { strayFiles } from "./stray-files.ts";
import { tools } from "./tools.ts";
import { unpushed } from "./unpushed.ts";
import { workers } from "./workers.ts";
import { worktrees } from "./worktrees.ts";

const ofMachine: readonly Examination<Machine>[] = [tools, permissions, strayFiles, diskSpace, database];
const ofRepository: readonly Examination<Repository>[] = [checkout, configuration];
const ofMemory: readonly Examination<Memory>[] = [
  ...[
    trusted,
    interrupted,
    gateRuns,
    leases,
    workers,
    mergeQueue,
    worktrees,
    refs,
    merges,
    history,
    unpushed,
  ],
];

/** What an examination came to, under its name; `skipped` = there was nothing to look at. */
export interface Result extends Examined {
  readonly name: string;
  readonly skipped: boolean;
}

/** Looks at everything that can be looked at: the machine always, the rest where there is a repository and a memory. */
export async function examineAll(context: Context): Promise<Result[]> {
  const results: Result[] = [];
  const look = async <P>(list: readonly Examination<P>[], patient: P): Promise<void> => {
    for (const one of list) results.push(await examineOne(one, patient));
  };
  await look(ofMachine, { context });
  const project = await orFinding(() => context.project(), results, "repository");
  if (!project) return results;
  await look(ofRepository, { context, project });
  const store = await openMemory(context, results);
  if (!store) return results;
  const loaded = await loadConfig(context).catch(knownFailure);
  await look(ofMemory, { context, project, store, loaded });
  return results;
}

async function examineOne<P>(examination: Examination<P>, patient: P): Promise<Result> {
  const { name } = examination;
  try {
    return { name, skipped: false, ...(await examination.examine(patient)) };
  } catch (error) {
    return { name, skipped: false, ...asFinding(error) };
  }
}

/** A Failure is what an examination is there to find. */
function asFinding(error: unknown): Examined {
  if (!(error instanceof Failure)) throw error;
  const { message, hint = "calm doctor" } = error;
  return { summary: "", findings: [{ state: "problem", message, command: hint }] };
}

function knownFailure(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error;
}

async function orFinding(
  find: () => Promise<Project>,
  results: Result[],
  name: string,
): Promise<Project | undefined> {
  try {
    return await find();
  } catch (error) {
    const outside = error instanceof Failure && error.code === "not_a_repository";
    if (outside)
      results.push({
        name,
        skipped: true,
        summary: "not inside one; only the machine was looked at",
        findings: [],
      });
    else results.push({ name, skipped: false, ...asFinding(error) });
    return undefined;
  }
}

/** The memory of the repository, where the database is there and well: none is made, and none that is damaged is touched. */
async function openMemory(context: Context, results: Result[]): Promise<Store | undefined> {
  const sick = results.some(({ name, findings }) => name === database.name && findings.length > 0);
  if (sick || !findOwnDatabase(context.home.database)) return undefined;
  try {
    return await context.store();
  } catch (error) {
    results.push({ name: "memory", skipped: false, ...asFinding(error) });
    return undefined;
  }
}
