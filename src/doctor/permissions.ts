import { closeToOthers, isOpenToOthers } from "../system/permissions.ts";
import type { Examination, Machine } from "./examination.ts";

/** Nobody but the owner can read calm's memory. */
export const permissions: Examination<Machine> = {
  name: "permissions",
  examine({ context }) {
    const { root, database } = context.home;
    const findings = [root, database].filter(isOpenToOthers).map((path) => ({
      state: "problem" as const,
      message: `${path} is open to other users`,
      command: `chmod go= ${path}`,
      repair: { what: `take other users' rights from ${path}`, run: () => close(path) },
    }));
    return Promise.resolve({ summary: "only the owner can read calm's files", findings });
  },
};

/** With the files that SQLite opens beside the database while somebody uses it, which take its rights over. */
async function close(path: string): Promise<void> {
  for (const suffix of ["", "-wal", "-shm"]) await closeToOthers(path + suffix);
}
