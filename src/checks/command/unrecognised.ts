/** Why a check that was not found fails, and how to configure it. */
export function unrecognisedMessage(check: string): string {
  const why = `calm does not know how to run ${check} here: no known setup was found`;
  return [why, ...howToConfigure(check, check, "")].join("; ");
}

const examples: Readonly<Record<string, string>> = {
  tests: "npm test",
  lint: "npm run lint",
  types: "npx tsc --noEmit",
};

/** How the configuration would say it; `folder` is where the check's project lies, "" = the root. */
export function howToConfigure(name: string, check: string, folder: string): string[] {
  const key = /^\w+$/.test(name) ? name : `"${name}"`;
  const run = `run: "${examples[check] ?? "the command"}"${folder === "" ? "" : `, dir: "${folder}"`}`;
  return [
    `say it in .calm/config.yaml on the default branch: checks: { ${key}: { ${run} } }`,
    `or, where it does not apply: checks: { ${key}: { none: "the reason" } }`,
  ];
}
