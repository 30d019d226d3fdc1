import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { contentBeyond } from "../model/markdown.ts";
import { shortId } from "../model/id.ts";
import { bugReportPath, proposalPath, specPath } from "../model/paths.ts";
import { templatesFor } from "../model/templates.ts";
import { findDocument, type Location } from "../project/location.ts";
import { getTask } from "../store/tasks.ts";
import { escapeControls } from "../text/escape.ts";
import { gitIn } from "../model/shell-quote.ts";
import type { Facts } from "./gather.ts";
import type { Part, Section } from "./section.ts";

/** A document that a task's gates read. */
interface Document {
  readonly path: string;
  readonly state: string;
  /** What it says; undefined where it says nothing yet. */
  readonly text: string | undefined;
  /** The command that shows all of it. */
  readonly whole: string;
}

/** The planning documents, as they are committed: which there are, and what they say. */
export async function documentsSection(context: Context, facts: Facts): Promise<Section> {
  const { location } = facts;
  const heading = "# Planning Documents";
  if (location instanceof Failure) {
    const text = `${heading}\n\nThey cannot be read until the worktree is put right (see Working Environment).`;
    return { name: "documents", parts: [{ kind: "fixed", text }] };
  }
  const documents = await readDocuments(context, facts, location);
  const others = await otherFiles(context, facts, location, documents);
  const lines = documents.map(({ path, state }) => `- \`${path}\`: ${state}`);
  const from = `They are read from commits, as the gates read them; the task's is ${shortId(location.commit)}.`;
  const parts: Part[] = [{ kind: "fixed", text: `${heading}\n\n${from}\n\n${lines.join("\n")}` }];
  if (others.length > 0) {
    const whole = `${gitIn(facts.project.root)} ls-tree --name-only ${location.commit} ${folderOf(facts)}`;
    parts.push({ kind: "fixed", text: "Also committed beside them:" });
    parts.push({ kind: "data", text: others.join("\n"), whole });
  }
  for (const { path, text, whole } of documents) {
    if (text === undefined) continue;
    parts.push({ kind: "fixed", text: `## ${path}` }, { kind: "data", text, whole });
  }
  return { name: "documents", parts };
}

async function readDocuments(context: Context, facts: Facts, location: Location): Promise<Document[]> {
  const paths = facts.task.type === "bug" ? [bugReportPath] : [specPath, proposalPath];
  return Promise.all(paths.map((pathOf) => readDocument(context, facts, pathOf, location)));
}

async function readDocument(
  context: Context,
  { task, loaded, project }: Facts,
  pathOf: (task: string) => string,
  location: Location,
): Promise<Document> {
  const { owner, path, commit } = await findDocument(context, task, pathOf, location, loaded);
  const text = await (await context.git()).readFile(commit, path);
  const whole = `${gitIn(project.root)} show ${commit}:${path}`;
  if (text === undefined) return { path, state: "not committed yet", text: undefined, whole };
  const owning = owner === task.id ? task : await getTask(await context.store(), owner);
  const template = templatesFor({ ...owning, spec_id: null }).get(path) ?? "";
  const of = owner === task.id ? "" : `, of the parent ${owner}`;
  if (contentBeyond(text, template).length === 0) {
    return { path, state: `committed${of}, but only the template so far`, text: undefined, whole };
  }
  return {
    path,
    state: `committed${of}; it follows below`,
    text: escapeControls(text.trimEnd(), "keep"),
    whole,
  };
}

function folderOf({ task }: Facts): string {
  return `planning_docs/${task.id}/`;
}

/** Names of other files in the task's own planning folder. */
async function otherFiles(
  context: Context,
  facts: Facts,
  location: Location,
  documents: readonly Document[],
): Promise<string[]> {
  if (facts.task.type === "bug") return [];
  const names = await (await context.git()).listFolder(location.commit, folderOf(facts));
  return names
    .map((name) => `${folderOf(facts)}${name}`)
    .filter((path) => !documents.some((document) => document.path === path))
    .map((path) => escapeControls(path));
}
