import { Failure, type FailureCode } from "../failure.ts";

/** What is wrong with a line of input. */
export interface LineProblem {
  readonly line: number;
  /** "" when it is the line as a whole. */
  readonly field: string;
  readonly message: string;
  readonly code: FailureCode;
  /** What was probably meant. */
  readonly near?: string;
}

const mostTold = 50;

/** Refuses an input whose lines have problems: the first is told, the others are among the details. */
export function requireNoProblems(problems: readonly LineProblem[]): void {
  const [first] = problems;
  if (!first) return;
  const more = problems.length - 1;
  const others = more === 0 ? "" : ` (and ${more} more ${more === 1 ? "problem" : "problems"})`;
  const near = first.near === undefined ? "" : `Did you mean ${first.near}? `;
  throw new Failure(first.code, `Line ${first.line}: ${first.message}${others}`, {
    hint: `${near}Nothing was imported; mend the lines, and look first: calm task import --dry-run`,
    details: {
      problems: problems.slice(0, mostTold).map(({ line, field, message }) => ({ line, field, message })),
    },
  });
}
