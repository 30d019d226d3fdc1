import * as z from "zod/mini";
import { field } from "../model/field.ts";
import { findInRepository } from "../migrate/sources.ts";
import { hasTakenOver } from "../store/leftovers.ts";
import { makePrivateFolder } from "../system/private-folder.ts";
import { escapeControls } from "../text/escape.ts";
import { defineOperation } from "./operation.ts";

/** `calm init` */
export const init = defineOperation({
  name: "init",
  summary: "Create CALM_HOME and make this repository known; safe to repeat",
  kind: "project",
  effect: "write",
  examples: ["calm init", "calm init --as-new"],
  input: z.object({
    as_new: field(z._default(z.boolean(), false), "Give a copy of another repository a project of its own"),
  }),
  output: z.object({
    home: field(z.string(), "CALM_HOME"),
    database: z.string(),
    project: z.object({ id: z.string(), name: z.string(), root: z.string() }),
    original: field(
      z.nullable(z.string()),
      "The database that the original kept in this repository, not taken over",
    ),
  }),
  async run(context, input) {
    if (input.as_new) await context.renewIdentity();
    const { id, name, root } = await context.project();
    const store = await context.store();
    const original = (await hasTakenOver(store)) ? undefined : findInRepository(root);
    makePrivateFolder(context.home.roles);
    const { root: home, database } = context.home;
    return { home, database, project: { id, name, root }, original: original ?? null };
  },
  text: ({ home, database, project, original }) =>
    [
      `Home: ${home}`,
      `Database: ${database}`,
      `Project: ${project.name} (${project.id}) at ${project.root}`,
      ...(original === null ? [] : [`Found: ${escapeControls(original)}, which calm can take over`]),
    ].join("\n"),
  next: ({ original }) => [
    ...(original === null ? [] : ["calm migrate --dry-run"]),
    'calm task create SPEC --next "<title>"',
    "calm gate list",
  ],
});
