import * as z from "zod/mini";
import { Remark, TableAccount } from "../../migrate/account.ts";
import { field } from "../../model/field.ts";
import { escapeControls } from "../../text/escape.ts";
import { plural } from "../../text/plural.ts";
import { table } from "../../text/table.ts";
import type { Text } from "../../text/text.ts";

/** What was read, what became of it and why. */
export const TakeOverAccount = z.object({
  dry_run: z.boolean(),
  sources: z.array(
    z.object({
      path: z.string(),
      place: field(z.enum(["file", "home", "aside"]), "home = adopted in place; aside = adopted before"),
      left: field(
        z.array(z.object({ name: z.string(), rows: z.int() })),
        "Tables that are none of calm's business and stay as they are",
      ),
    }),
  ),
  backup: field(z.nullable(z.string()), "The copy of a database that was adopted in place"),
  tables: field(z.array(TableAccount), "What became of every table that has rows"),
  remarks: field(z.array(Remark), "Why rows were changed or set aside"),
  projects: field(
    z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        path: z.string(),
        present: field(z.boolean(), "Whether its repository is on this machine"),
        rows: field(z.int(), "New rows that it got"),
      }),
    ),
    "Where the rows went",
  ),
});
type TakeOverOutput = z.output<typeof TakeOverAccount>;

const columns = ["read", "kept", "changed", "set_aside", "already_here"] as const;
const heads = [
  { head: "TABLE", whole: true },
  ...["READ", "KEPT", "CHANGED", "SET ASIDE", "ALREADY HERE"].map((head) => {
    return { head, whole: true, align: "right" } as const;
  }),
];

/** The account for people: what was read and what became of it, why, and what that means. */
export function describeTakeOver(output: TakeOverOutput, text: Text): string {
  const { tables, sources } = output;
  const isNew = hasNewRows(output);
  const nothing =
    tables.length === 0 ? "It holds no task and no history." : "Nothing is new; nothing was changed.";
  const parts = [
    sources.map((source) => sourceLines(source, tables, output, text)),
    isNew ? remarkLines(output, text) : [],
    isNew ? projectLines(output, text) : [],
    isNew ? gateLines(output) : [nothing],
    adoptionLines(output, text),
  ];
  return parts.flat(2).join("\n");
}

/** Whether the sources held anything that had not been dealt with. */
export function hasNewRows({ tables }: Pick<TakeOverOutput, "tables">): boolean {
  return tables.some(({ read, already_here: already }) => read > already);
}

/** Whether a database became calm's own where it lay, which it does without a single row, too. */
export function isAdopted({ sources }: Pick<TakeOverOutput, "sources">): boolean {
  return sources.some(({ place }) => place === "home");
}

function sourceLines(
  { path, place, left }: TakeOverOutput["sources"][number],
  tables: readonly TableAccount[],
  output: TakeOverOutput,
  text: Text,
): string[] {
  const isTaken = place === "home" || hasNewRows(output);
  const verb = !isTaken ? "Read" : output.dry_run ? "Would take over" : "Took over";
  const how = { file: "", home: ", in place", aside: ", which lies in calm's own database" }[place];
  const own = tables.filter(({ source }) => source === path);
  const sum = (name: (typeof columns)[number]): number => own.reduce((total, one) => total + one[name], 0);
  const rows = own.map((one) => [one.table, ...columns.map((name) => one[name])]);
  const total = ["all", ...columns.map(sum)];
  const stays = left.map(({ name, rows: count }) => `${name} (${count})`).join(", ");
  return [
    text.colors.bold(`${verb}: ${escapeControls(path)}${how}`),
    table(heads, rows.length > 1 ? [...rows, total] : rows, text),
    ...(stays === "" ? [] : [`Left as they are: ${escapeControls(stays)}`]),
    "",
  ].filter((line, index) => index === 3 || line !== "");
}

function remarkLines({ remarks, dry_run: dry }: TakeOverOutput, text: Text): string[] {
  const titles = {
    changed: "Changed on the way in (each as it was: calm migrate leftovers)",
    set_aside: "Set aside, because it fits nowhere (calm migrate leftovers)",
  };
  return (["changed", "set_aside"] as const).flatMap((outcome) => {
    const own = remarks.filter((remark) => remark.outcome === outcome);
    if (own.length === 0) return [];
    const title = dry ? titles[outcome].replace(/ \(.*/, "") : titles[outcome];
    return [text.colors.bold(title), remarkTable(own, text), ""];
  });
}

function remarkTable(remarks: readonly Remark[], text: Text): string {
  const rows = remarks.map((remark) => [
    `  ${remark.table}`,
    remark.rows.length,
    remark.reason,
    some(remark.rows),
  ]);
  return table([{ whole: true }, { whole: true, align: "right" }, { whole: true }, {}], rows, text);
}

function some(rows: readonly string[]): string {
  return rows.slice(0, 3).join(", ") + (rows.length > 3 ? ", …" : "");
}

function projectLines({ projects, dry_run: dry }: TakeOverOutput, text: Text): string[] {
  const got = projects.filter(({ rows }) => rows > 0);
  if (got.length === 1 && got[0]?.present === true) return [];
  const rows = got.map(({ name, path, present, rows: count }) => [
    `  ${name}`,
    plural(count, "row"),
    present ? path : `${path} is not on this machine`,
  ]);
  const missing = got.find(({ present }) => !present);
  return [
    text.colors.bold(dry ? "Projects that would get them" : "Projects that got them"),
    table([{ whole: true }, { whole: true, align: "right" }, {}], rows, text),
    ...(missing
      ? [
          `  Reach one that is not here by its name (calm --project ${quote(missing.name)} task list); once its`,
          "  repository lies at that path, it has them. To take such rows into this project instead: --here",
        ]
      : []),
    ...(projects.length > 1
      ? [`  Counters and hand-offs name no project and go to ${escapeControls(projects[0]?.name ?? "")}.`]
      : []),
    "",
  ];
}

function quote(name: string): string {
  return /^[A-Za-z0-9._-]+$/.test(name)
    ? name
    : `'${escapeControls(name).replaceAll("'", String.raw`'\''`)}'`;
}

function gateLines({ tables }: TakeOverOutput): string[] {
  if (!tables.some(({ table: name }) => ["gate_passes", "reviews", "test_runs"].includes(name))) return [];
  return [
    "Gates: passes, reviews and test runs of the original stay readable in calm task show, and count for",
    "nothing: nobody can say which content they were about. Tasks keep their phase; run the next gate anew.",
  ];
}

function adoptionLines(output: TakeOverOutput, { colors }: Text): string[] {
  if (!isAdopted(output)) return [];
  const { backup, dry_run: dry } = output;
  const when = dry ? "once it is taken over" : "from now on";
  const warning = `The Python program must not write this database ${when}: give it another one, or remove it.`;
  return [
    ...(backup === null ? [] : [`A copy of the database as it was: ${escapeControls(backup)}`]),
    colors.yellow(warning),
  ];
}
