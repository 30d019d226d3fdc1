import { resolveCommands } from "../checks/project-commands.ts";
import { commandSet } from "../checks/trust.ts";
import { loadConfigFromGit } from "../project/load-config.ts";
import { findTrust } from "../store/trust.ts";
import type { Examination, Memory, Repository } from "./examination.ts";

/** The project's configuration can be read, and its default branch told. */
export const configuration: Examination<Repository> = {
  name: "configuration",
  async examine({ context }) {
    const { branch, configured } = await loadConfigFromGit(context);
    const source = configured ? "valid" : "none, everything is found by itself";
    return { summary: `${source}; the default branch is ${branch}`, findings: [] };
  },
};

/** A person has approved the commands that gates would run. */
export const trusted: Examination<Memory> = {
  name: "commands",
  async examine({ context, store, loaded }) {
    if (!loaded) return { summary: "not known without a configuration", findings: [] };
    const { hash, lines } = commandSet(await resolveCommands(context, loaded, loaded.tip));
    if (lines.length === 0) return { summary: "the repository has none to approve", findings: [] };
    if (await findTrust(store, hash)) return { summary: "approved", findings: [] };
    const message = "nobody has approved the commands that gates run";
    return { summary: "", findings: [{ state: "warning", message, command: "calm trust --show" }] };
  },
};
