import { pushCommand, shortOf } from "../git/network.ts";
import { gitIn } from "../model/shell-quote.ts";
import type { Examination, Memory } from "./examination.ts";

/** Where merges are pushed: nothing is left here that the upstream, as last heard of, does not have. */
export const unpushed: Examination<Memory> = {
  name: "upstream",
  async examine({ context, project, loaded }) {
    if (loaded?.config.merge.push !== true) return { summary: "merges are not pushed", findings: [] };
    const git = await context.git();
    const { branch, tip } = loaded;
    const upstream = await git.upstreamOf(branch);
    if (!upstream || upstream.remote === ".") {
      const message = `merge.push is set, and ${branch} has no upstream`;
      const command = `${gitIn(project.root)} push --set-upstream origin ${branch}`;
      return { summary: "", findings: [{ state: "warning", message, command }] };
    }
    const known = await git.commitOf(upstream.ref);
    const there = shortOf(upstream.ref);
    const push = pushCommand(branch, upstream).replace(/^git/, () => gitIn(project.root));
    if (known === undefined) {
      const message = `nothing is known here of ${there}, where merges of ${branch} are pushed`;
      return { summary: "", findings: [{ state: "warning", message, command: push }] };
    }
    const { ahead } = await git.aheadBehind(tip, known);
    if (ahead === 0) return { summary: `${there} has all of ${branch}`, findings: [] };
    const message = `${branch} has ${ahead} ${ahead === 1 ? "commit" : "commits"} that ${there} lacks, as far as is known`;
    return { summary: "", findings: [{ state: "warning", message, command: push }] };
  },
};
