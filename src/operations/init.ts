import * as z from "zod/mini";
import { field } from "../model/field.ts";
import { makePrivateFolder } from "../system/files.ts";
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
  }),
  async run(context, input) {
    if (input.as_new) await context.renewIdentity();
    const { id, name, root } = await context.project();
    await context.store();
    await makePrivateFolder(context.home.roles);
    return { home: context.home.root, database: context.home.database, project: { id, name, root } };
  },
  text: ({ home, database, project }) =>
    [
      `Home: ${home}`,
      `Database: ${database}`,
      `Project: ${project.name} (${project.id}) at ${project.root}`,
    ].join("\n"),
  next: () => ['calm task create SPEC --next "<title>"', "calm gate list"],
});
