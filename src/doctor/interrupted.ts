import { administer } from "../merge/administer.ts";
import { listOpenJournal, nameOfOperation } from "../store/journal.ts";
import { isAlive } from "../system/process-identity.ts";
import type { Examination, Finding, Memory } from "./examination.ts";

/** No operation that also moves git was cut short. */
export const interrupted: Examination<Memory> = {
  name: "operations",
  async examine({ context, store }) {
    const findings: Finding[] = [];
    for (const entry of await listOpenJournal(store)) {
      const { id, state, host } = entry;
      const what = `${nameOfOperation(entry)} (${id}, ${state})`;
      if (host !== context.host) {
        const message = `a ${what} has not ended on ${host}; only there can it be told whether it was cut short`;
        findings.push({ state: "warning", message, command: "calm doctor   # on that machine" });
      } else if (!isAlive({ pid: entry.pid, started: entry.pid_started })) {
        // Whoever takes the repository lock finishes or takes back what dead processes left.
        const run = (): Promise<void> => administer(context, () => Promise.resolve());
        const repair = { what: `finish or take back the ${what}`, run };
        const message = `an interrupted ${what}`;
        findings.push({ state: "problem", message, command: "calm doctor --fix", repair });
      }
    }
    return { summary: "none was cut short", findings };
  },
};
