/** Files at the root by which the original knows a project's type, in its order. */
const markers: readonly (readonly [type: string, pattern: RegExp])[] = [
  ["python", /^(pyproject\.toml|setup\.py|requirements\.txt)$/],
  ["javascript", /^package\.json$/],
  ["rust", /^Cargo\.toml$/],
  ["go", /^go\.mod$/],
];

/** The type of a project that names none, by the names at its root. */
export function projectType(root: readonly string[]): string {
  return markers.find(([, pattern]) => root.some((name) => pattern.test(name)))?.[0] ?? "unknown";
}
