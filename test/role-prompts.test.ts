import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../src/cli/commands/index.ts";
import { standardCounters } from "../src/model/counter.ts";
import { templatesFor } from "../src/model/templates.ts";
import { baseRole, builtinRoles } from "../src/model/worker.ts";
import { allPhases, builtinChecks, transitions } from "../src/model/workflow.ts";
import { operations } from "../src/operations/index.ts";
import { builtinPrompts } from "../src/roles/builtin-prompts.ts";
import { fillPlaceholders } from "../src/roles/fill-placeholders.ts";
import { commandOf, lineProblem } from "./support/command-lines.ts";
import { markdownFiles } from "./support/source-files.ts";

const entries = [...operations, ...commands];
const names = [...builtinRoles, baseRole] as const;
const read = (name: string): string =>
  readFileSync(join(import.meta.dirname, `../src/roles/${name}.md`), "utf8");

const values = {
  ...{ task: "SPEC-001", worker: "W-k3m9x2p7qa", review: 1, branch: "SPEC-001" },
  ...{ worktree: "/work/repo/.worktrees/SPEC-001", mainRepository: "/work/repo" },
};

/** A prompt as a worker reads it, with what is left to the worker filled in as well. */
function filled(name: string): string {
  return fillPlaceholders(read(name), values)
    .replaceAll("<run>", "7")
    .replaceAll(/<[^>]+>/g, "BUG-9");
}

/** Every command line of calm that a prompt names: in code spans, and in code blocks. */
function commandLines(text: string): string[] {
  const spans = [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code.replaceAll(/\s+/g, " "));
  const blocks = text.split("\n").filter((line) => /^ {4,}/.test(line) && !line.includes("`"));
  return [...spans, ...blocks]
    .map((line) => line.replace(/ +# .*$/, "").trim())
    .filter((line) => /(^|\$\(|&& )calm /.test(line));
}

test("each built-in role has a prompt, and there is no other", () => {
  const prompts = markdownFiles().filter((path) => path.startsWith("roles/"));
  expect(prompts.sort()).toEqual(names.map((name) => `roles/${name}.md`).sort());
});

describe.each(names)("%s", (name) => {
  test("is short, and says nothing that is left to be filled in", async () => {
    const text = (await builtinPrompts[name]()).default;
    expect(text).toBe(read(name));
    expect(Buffer.byteLength(text)).toBeLessThan(6 * 1024);
    expect(text).toMatch(/^# [^\n]+\n\n/);
    expect(text.split("\n").filter((line) => line.length > 130 && !line.startsWith("    "))).toEqual([]);
    for (const known of [values, {}])
      expect(fillPlaceholders(text, known)).not.toMatch(/\{[A-Z_]+\}|TASK-XXX/);
  });

  test("names only commands that exist, with arguments that they take", async () => {
    const text = filled(name);
    const lines = commandLines(text);
    // None stands where it would not be looked at.
    const said = (of: string): number => of.match(/\bcalm (?=[a-z]+\b)/g)?.length ?? 0;
    const groups = new Set(entries.map((entry) => entry.name.split(" ")[0]));
    const inProse = text.replaceAll(/\bcalm ([a-z]+)/g, (whole, word: string) =>
      groups.has(word) ? whole : "-",
    );
    expect(said(lines.join("\n"))).toBeGreaterThanOrEqual(said(inProse));
    const problems: string[] = [];
    for (const line of lines) {
      const entry = entries.find((one) => one.name === commandOf(line, entries));
      // A command may also be spoken of, by its name alone.
      if (entry && line === `calm ${entry.name}`) continue;
      const problem = entry ? lineProblem(line, await entry.load(), entries) : commandOf(line, entries);
      if (problem !== undefined) problems.push(`${line}: ${problem}`);
    }
    expect(problems).toEqual([]);
    expect(lines.length).toBeGreaterThan(3);
  });

  test("names only transitions, phases, checks, counters and roles that exist", () => {
    const text = filled(name);
    const upper = text.match(/\b[A-Z_]{3,}-[A-Z_]{3,}\b/g) ?? [];
    expect(upper.filter((word) => !transitions.some((one) => one === word))).toEqual([]);
    const phases = [...text.matchAll(/calm task transition \S+ (\w+)/g)].map(([, phase]) => phase);
    expect(phases.filter((phase) => !allPhases.includes(phase ?? ""))).toEqual([]);
    const started = [...text.matchAll(/calm worker start \S+ ([\w-]+)/g)].map(([, role]) => role);
    expect(started.filter((role) => !builtinRoles.some((one) => one === role))).toEqual([]);
    const lower = text.match(/\b[a-z]+(_[a-z0-9]+)+\b/g) ?? [];
    const known = [
      ...builtinChecks,
      ...standardCounters,
      "planning_docs",
      "bug_reports",
      "changes_requested",
    ];
    expect(lower.filter((word) => !known.includes(word))).toEqual([]);
  });
});

test("the investigator is told every section of a report that the gate reads", () => {
  const template = [...templatesFor({ id: "BUG-1", title: "t", type: "bug", spec_id: null }).values()].join(
    "",
  );
  const headings = template.match(/^## .+$/gm) ?? [];
  expect(headings.length).toBe(5);
  expect(headings.filter((heading) => !read("bug-investigator").includes(`\`${heading}\``))).toEqual([]);
});
