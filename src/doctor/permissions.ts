import { closeToOthers, isOpenToOthers } from "../system/permissions.ts";
import type { Examination, Machine } from "./examination.ts";

/** Nobody but the owner can read calm's memory. */
export const permissions: Examination<Machine> = {
  name: "permissions",
  examine({ context }) {
    const { root, database } = context.home;
    const open = [root, database, `${database}-wal`, `${database}-shm`].filter(isOpenToOthers);
    const findings = open.map((path) => ({
      state: "problem" as const,
      message: `${path} is open to other users`,
      command: `chmod go= ${path}`,
      repair: { what: `take other users' rights from ${path}`, run: () => closeToOthers(path) },
    }));
    return Promise.resolve({ summary: "only the owner can read calm's files", findings });
  },
};
