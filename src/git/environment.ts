/** Variables of an environment. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Of git's variables only those by which a person says who and with what; all others could lead git elsewhere. */
const kept =
  /^GIT_(CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|ATTR_NOSYSTEM|(AUTHOR|COMMITTER)_(NAME|EMAIL|DATE)|EXEC_PATH|SSH|SSH_COMMAND|SSH_VARIANT|SSL_\w+|HTTP_\w+|PROXY_\w+)$/;

const pinned: Variables = {
  LC_ALL: "C",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_LITERAL_PATHSPECS: "1",
  // Replaced or grafted history would show other content than the ids stand for.
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_GRAFT_FILE: "/dev/null/none",
  // Set but empty: no program asks for a password, not even the one of core.askPass or SSH_ASKPASS.
  GIT_ASKPASS: "",
  SSH_ASKPASS: undefined,
  SSH_ASKPASS_REQUIRE: "never",
  GCM_INTERACTIVE: "never",
};

/** The environment for git: the given one without whatever would redirect git, make it ask or make it talk. */
export function gitEnvironment(env: Variables): Variables {
  const rest = Object.entries(env).filter(([name]) => !name.startsWith("GIT_") || kept.test(name));
  return { ...Object.fromEntries(rest), ...pinned };
}

/**
 * Takes away what calm sets for its own calls, laid over them where git acts on a person's behalf: a hook that runs git,
 * or a linter, is to find its usual world.
 */
export const usualWorld: Variables = {
  GIT_WORK_TREE: undefined,
  GIT_COMMON_DIR: undefined,
  GIT_OPTIONAL_LOCKS: undefined,
  GIT_LITERAL_PATHSPECS: undefined,
  GIT_NO_REPLACE_OBJECTS: undefined,
  GIT_GRAFT_FILE: undefined,
  // Or the question for a passphrase would be painted over the terminal of the agent.
  GPG_TTY: undefined,
};

/**
 * Configuration that every call of git is given, stronger than any file: nothing of a repository runs by it. Only a
 * commit, or a push, on a person's behalf takes hooks (and signing) out of it again.
 */
export const pinnedConfig: readonly string[] = [
  "core.fsmonitor=false",
  "core.hooksPath=/dev/null",
  "core.pager=cat",
  "core.quotePath=false",
  "core.filesRefLockTimeout=1000",
  "protocol.ext.allow=never",
  "gc.auto=0",
  "maintenance.auto=false",
  "commit.gpgSign=false",
  "tag.gpgSign=false",
  "log.showSignature=false",
  "submodule.recurse=false",
  "fetch.recurseSubmodules=false",
  "init.defaultRefFormat=files",
  "advice.addEmbeddedRepo=false",
];
