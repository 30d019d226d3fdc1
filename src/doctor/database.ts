import { inspectDatabase } from "../store/inspect-database.ts";
import { makeRecordingsAnew } from "../store/recording-damage.ts";
import { networkDiskOf } from "../system/network-disk.ts";
import type { Examination, Finding, Machine } from "./examination.ts";

/** The database is calm's own, of a schema that this calm knows, and intact. */
export const database: Examination<Machine> = {
  name: "database",
  examine({ context }) {
    const path = context.home.database;
    const state = inspectDatabase(path);
    if (state.kind === "refused") throw state.failure;
    if (state.kind === "missing")
      return Promise.resolve({ summary: "none yet; the first command makes it", findings: [] });
    const findings = state.damage.map(
      (line): Finding => ({
        state: "problem",
        message: `${path} is damaged: ${line}`,
        command: "calm backup list   # then: calm backup restore <name>",
      }),
    );
    if (state.damage.length === 0 && state.spoiled.length > 0) findings.push(spoiled(path, state.spoiled));
    if (state.ahead > 0) {
      const message = `${path} was written by a newer calm`;
      findings.push({ state: "problem", message, command: "npm install --global calm@latest" });
    }
    const disk = networkDiskOf(path);
    if (disk !== undefined) {
      const message = `${path} lies on a network file system (${disk}): only one machine may use it`;
      findings.push({
        state: "warning",
        message,
        command: "export CALM_HOME=<folder on a disk of this machine>",
      });
    }
    const age = state.ahead < 0 ? "of an older schema, which the next command brings up to date" : "intact";
    return Promise.resolve({ summary: age, findings });
  },
};

function spoiled(path: string, triggers: readonly string[]): Finding {
  return {
    state: "problem",
    message: `${path} is damaged: ${triggers.join(", ")} ${triggers.length === 1 ? "is" : "are"} not as calm makes them`,
    command: "calm doctor --fix",
    repair: {
      what: "make the triggers anew that record what undo puts back",
      run: () => {
        makeRecordingsAnew(path);
        return Promise.resolve();
      },
    },
  };
}
