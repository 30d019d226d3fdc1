import type { Context, Project } from "../context.ts";
import type { LoadedConfig } from "../project/load-config.ts";
import type { Store } from "../store/store.ts";

/** Something that `--fix` can put right by itself, without losing anything. */
export interface Repair {
  /** What will be done, for the plan: `remove …`. */
  readonly what: string;
  run(): Promise<void>;
}

/** One thing that was found; only a problem makes the answer a no. */
export interface Finding {
  readonly state: "warning" | "problem";
  readonly message: string;
  /** How to go on by hand, or the command that repairs it. */
  readonly command: string;
  readonly repair?: Repair;
}

/** What one examination came to: one line when all is well, or that which is not. */
export interface Examined {
  readonly summary: string;
  readonly findings: readonly Finding[];
}

/** What every examination can look at. */
export interface Machine {
  readonly context: Context;
}

/** What those of a repository can look at. */
export interface Repository extends Machine {
  readonly project: Project;
}

/** What those of calm's memory of the repository can look at. */
export interface Memory extends Repository {
  readonly store: Store;
  /** undefined = cannot be read, which is a finding of its own. */
  readonly loaded: LoadedConfig | undefined;
}

/** A look at one thing. */
export interface Examination<Patient> {
  readonly name: string;
  examine(patient: Patient): Promise<Examined>;
}
