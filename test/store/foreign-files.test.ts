import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { applicationId } from "../../src/store/create-database.ts";
import { migrations } from "../../src/store/migrations/index.ts";
import { closeDatabase, openDatabase } from "../../src/store/sqlite.ts";
import { change } from "../support/database.ts";
import { createWorld } from "../support/world.ts";

const python =
  "create table tasks (id text, project_path text, title text); create table counters (project_path text); insert into tasks values ('SPEC-1', '/x', 'old');";

/** What may lie at the database's place: how it is made, and what calm says of it. */
const foreigners: readonly (readonly [string, (path: string) => void, number, string])[] = [
  [
    "a text file",
    (path) => {
      writeFileSync(path, "hello, this is no database\n".repeat(50));
    },
    4,
    "not a database of calm's",
  ],
  [
    "a short text file",
    (path) => {
      writeFileSync(path, "hello");
    },
    4,
    "not a database of calm's",
  ],
  [
    "an empty file",
    (path) => {
      writeFileSync(path, "");
    },
    4,
    "not a database of calm's",
  ],
  [
    "a directory",
    (path) => {
      mkdirSync(path);
    },
    4,
    "not a database of calm's",
  ],
  [
    "a link that leads nowhere",
    (path) => {
      symlinkSync(join(dirname(path), "elsewhere"), path);
    },
    4,
    "not a database of calm's",
  ],
  [
    "another program's database",
    (path) => {
      change(path, "create table notes (x)");
    },
    4,
    "not a database of calm's",
  ],
  [
    "the Python original's",
    (path) => {
      change(path, python);
    },
    4,
    "a database of the Python original",
  ],
  ["the Python original's, with a log", writeWithLog, 4, "a database of the Python original"],
  ["one of a newer calm", writeNewer, 4, `this calm knows ${migrations.length}`],
  [
    "a truncated one",
    (path) => {
      copyOwn(path);
      truncateSync(path, 5 * 4096);
    },
    8,
    "is damaged",
  ],
  [
    "one cut within its first page",
    (path) => {
      copyOwn(path);
      truncateSync(path, 60);
    },
    8,
    "is damaged",
  ],
];

/** A database whose last writes have not left its log, as a killed program leaves it. */
function writeWithLog(path: string): void {
  const made = `${path}.made`;
  const database = openDatabase(made);
  database.exec(
    `pragma journal_mode = wal; ${python} pragma wal_checkpoint; insert into tasks values ('SPEC-2', '/x', 'newer')`,
  );
  copyFileSync(made, path);
  copyFileSync(`${made}-wal`, `${path}-wal`);
  closeDatabase(database);
}

function writeNewer(path: string): void {
  change(
    path,
    `pragma application_id = ${applicationId}; pragma user_version = ${migrations.length + 1}; create table things (x)`,
  );
}

let own = "";
function copyOwn(path: string): void {
  copyFileSync(own, path);
}

/** Every file of a folder with what it holds. */
function contents(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => [
      entry.name,
      entry.isFile() ? readFileSync(join(folder, entry.name), "base64") : "",
    ]),
  );
}

describe.each(foreigners)("%s at the database's place", (_, make, exitCode, message) => {
  test("is refused by every command, and nothing is written", async () => {
    const world = createWorld();
    await world.calm(["task", "create", "SPEC-001", "One"]);
    own = join(world.env["CALM_HOME"] ?? "", "metadata.db");
    const folder = join(world.folder, "other-home");
    mkdirSync(folder);
    make(join(folder, "metadata.db"));
    const before = contents(folder);
    for (const line of [
      "init",
      "task list",
      "task create SPEC --next X",
      "status",
      "--project small task list",
    ]) {
      const ran = await world.calm(line.split(" "), { env: { CALM_HOME: folder } });
      expect(ran.err).toContain(message);
      expect(ran).toMatchObject({ exitCode, out: "" });
      if (message.includes("database of")) expect(ran.err).toContain("calm migrate");
    }
    expect(contents(folder)).toEqual(before);
  });
});

test("D5: a database that is damaged later on is told of in one line, as no bug", async () => {
  const world = createWorld();
  for (let id = 1; id <= 30; id++) await world.calm(["task", "create", `SPEC-${id}`, "x".repeat(400)]);
  const path = join(world.env["CALM_HOME"] ?? "", "metadata.db");
  change(path, "pragma wal_checkpoint(truncate)");
  const bytes = readFileSync(path);
  bytes.fill(0xff, 4096 * 8);
  writeFileSync(path, bytes);
  const ran = await world.calm(["task", "list"]);
  expect(ran).toMatchObject({ exitCode: 8, out: "" });
  expect(ran.err).toContain("The database is damaged");
});
