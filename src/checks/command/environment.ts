import { delimiter, isAbsolute, join } from "node:path";

/** The variables of a process. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Names, joined by colons, the homes of calm of which an outer command holds a slot. */
export const heldSlotsVariable = "CALM_SLOTS";

/** What a gate command's environment is made of. */
interface EnvironmentFacts {
  /** The environment of calm itself. */
  readonly inherited: Variables;
  /** The root of the room that the command runs in. */
  readonly room: string;
  /** The folder of the room that it runs in; absent = the root. */
  readonly folder?: string;
  readonly task: string;
  /** The definition's own variables. */
  readonly own: Readonly<Record<string, string>>;
  /** Texts to append to variables after a space. */
  readonly appended?: Readonly<Record<string, string>>;
}

// `git rev-parse --local-env-vars`, and what points git elsewhere besides.
const gitLocal = new Set([
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_COMMON_DIR",
  "GIT_CONFIG",
  "GIT_CONFIG_COUNT",
  "GIT_CONFIG_PARAMETERS",
  "GIT_DIR",
  "GIT_GRAFT_FILE",
  "GIT_IMPLICIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_INTERNAL_SUPER_PREFIX",
  "GIT_NAMESPACE",
  "GIT_NO_REPLACE_OBJECTS",
  "GIT_OBJECT_DIRECTORY",
  "GIT_PREFIX",
  "GIT_REPLACE_REF_BASE",
  "GIT_SHALLOW_FILE",
  "GIT_WORK_TREE",
]);

// A runner that finds its own variables believes to be a worker of an outer run, and reports to that one.
const ofOuterRun =
  /^(GIT_CONFIG_(KEY|VALUE)_\d+|NODE_TEST_CONTEXT|NODE_CHANNEL_\w+|NODE_UNIQUE_ID|VITEST\w*|JEST_WORKER_ID|PYTEST_(CURRENT_TEST|XDIST_\w+)|CALM_\w+)$/;

/** The environment of a gate command: calm's own, without what would mislead it, with what a gate promises. */
export function commandEnvironment(facts: EnvironmentFacts): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(facts.inherited)) {
    // The marker of an outer run stays, so that the outer run finds these processes too, and so do its slots.
    if (value === undefined || gitLocal.has(name)) continue;
    if (name === "CALM_RUN" || name === heldSlotsVariable || !ofOuterRun.test(name)) env[name] = value;
  }
  delete env["SSH_ASKPASS"];
  Object.assign(env, {
    CI: "1",
    GIT_TERMINAL_PROMPT: "0",
    // Set but empty: no program asks for a password, not even the one of core.askPass or SSH_ASKPASS.
    GIT_ASKPASS: "",
    SSH_ASKPASS_REQUIRE: "never",
    GCM_INTERACTIVE: "never",
    TOKENIZERS_PARALLELISM: "false",
    CALM_TASK: facts.task,
    CALM_WORKTREE: facts.room,
  });
  Object.assign(env, withPythonPath(facts, env["PYTHONPATH"]));
  for (const [name, text] of Object.entries(facts.appended ?? {})) {
    env[name] = env[name] ? `${env[name]} ${text}` : text;
  }
  return env;
}

// The room's own folders go first, so that an installed copy of the project is not what gets tested.
function withPythonPath(facts: EnvironmentFacts, inherited: string | undefined): Record<string, string> {
  const own = facts.own["PYTHONPATH"];
  if (own === undefined) return { ...facts.own };
  const folders = own
    .split(delimiter)
    .map((folder) => (isAbsolute(folder) ? folder : join(facts.room, facts.folder ?? "", folder)));
  return { ...facts.own, PYTHONPATH: [...folders, ...(inherited ? [inherited] : [])].join(delimiter) };
}
