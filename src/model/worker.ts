import * as z from "zod/mini";
import { field, Time } from "./field.ts";

/** Where a worker's life stands; only an active one may end. */
export const WorkerStatus = z.enum(["active", "completed", "failed", "session_ended", "stale"]);
export type WorkerStatus = z.output<typeof WorkerStatus>;

/** An agent at work on a task in a role. */
export const Worker = z.object({
  id: z.string(),
  task_id: z.string(),
  role: z.string(),
  status: WorkerStatus,
  reason: field(z.nullable(z.string()), "Why it failed"),
  started_at: Time,
  heartbeat_at: field(Time, "Last sign of life"),
  ended_at: field(z.nullable(Time), "When it ended, or was marked as stale"),
});
export type Worker = z.output<typeof Worker>;

/** The roles that calm ships. */
export const builtinRoles = [
  "planning",
  "architect",
  "spec-reviewer",
  "proposal-reviewer",
  "backend",
  "frontend",
  "qa",
  "reviewer",
  "bug-investigator",
  "infra",
  "doc-writer",
  "e2e-runner",
  "product",
  "ux",
  "ai-dl",
] as const;

/** The part that every role begins with; nobody works in it. */
export const baseRole = "_base";

/** The roles whose workers may review. */
export const reviewingRoles: readonly string[] = ["spec-reviewer", "proposal-reviewer", "reviewer", "qa"];

/** Active workers that a project may have at once unless it configures otherwise. */
export const defaultMaxWorkers = 6;
