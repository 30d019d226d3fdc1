import type { ReportFormat, TreeReader } from "./definition.ts";
import type { Variables } from "./environment.ts";
import type { RecognisedRunner } from "./recognise.ts";

/** What is known when a runner is asked for a report. */
export interface AskedOf {
  readonly found: RecognisedRunner;
  /** The commit that is checked. */
  readonly tree: TreeReader;
  /** An existing folder of this run alone. */
  readonly folder: string;
  /** Where calm's own report file may be written: below that folder. */
  readonly file: string;
  /** The environment that the command inherits. */
  readonly env: Variables;
  /** The definition's own variables. */
  readonly own: Readonly<Record<string, string>>;
}

/** Where the report will be: a path below the run's own folder or below the project's, or what is printed. */
export type ReportPlace =
  | { readonly in: "folder" | "project"; readonly path: string; readonly format: ReportFormat }
  | { readonly in: "output"; readonly format: ReportFormat };

/** What makes a runner leave a report. */
export interface Request {
  readonly report: ReportPlace;
  /** Words for the end of the runner's command line. */
  readonly words?: readonly string[];
  /** Variables to which a text is appended after a space. */
  readonly appended?: Readonly<Record<string, string>>;
  /** Variables that are set. */
  readonly env?: Readonly<Record<string, string>>;
  /** Files to write below the run's own folder, with their texts; those that begin with `#!` become programs. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The name of calm's own report file below the run's folder. */
export const reportFile = "calm-report";
