const numbered = /-attempt-\d+\.log$/;

/** The file of an attempt's log: the first one has the plain name. */
export function attemptLog(first: string, attempt: number): string {
  return attempt === 1 ? first : first.replace(/\.log$/, `-attempt-${attempt}.log`);
}

/** The logs of all attempts of a check, in order, by that of the last one. */
export function attemptLogs(last: string, attempts: number | null): string[] {
  const first = last.replace(numbered, ".log");
  return Array.from({ length: attempts ?? 1 }, (_, index) => attemptLog(first, index + 1));
}
