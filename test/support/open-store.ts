import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openOrCreate } from "../../src/store/open-database.ts";
import { registerProject } from "../../src/store/projects.ts";
import { createStore, type Store } from "../../src/store/store.ts";
import { scratchFolder } from "./world.ts";

/** The time that such a store's clock tells. */
export const at = "2026-01-01T00:00:00.000Z";

/** A store of one project on a new database. */
export async function openStore(
  project = "P-one",
  path = join(scratchFolder(), "metadata.db"),
  now = () => at,
): Promise<[Store, string]> {
  const store = createStore(openOrCreate(path, project), project, {
    operation: "test",
    run: "test",
    actor: { name: "user:ann", channel: "cli", user: "ann" },
    host: "here",
    process: { pid: 1, started: "1" },
    now,
  });
  onTestFinished(() => store.close());
  await store.housekeep((tx) =>
    registerProject(tx, project, { host: "here", common_dir: project, root: project }),
  );
  return [store, path];
}
