import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../../system/command.fixture.ts";
import { listReports, readReports } from "./find-reports.ts";

const one = '<testsuite><testcase name="a"/></testsuite>';

function write(root: string, path: string, text = one): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

test("lists a path or a glob, below the root only", async () => {
  const root = temporaryFolder();
  for (const path of ["r.xml", "a/r/1.xml", "a/r/2.xml", "a/r/2.txt", "node_modules/r/3.xml"])
    write(root, path);
  async function names(pattern: string) {
    return [...(await listReports(root, pattern)).keys()].map((path) => path.slice(root.length + 1));
  }
  expect(await names("r.xml")).toEqual(["r.xml"]);
  expect(await names("./a/r/*.xml")).toEqual(["a/r/1.xml", "a/r/2.xml"]);
  expect(await names("**/*.xml")).toEqual(["a/r/1.xml", "a/r/2.xml", "r.xml"]);
  for (const none of ["a", "absent/*.xml", "absent.xml", join(root, "r.xml")])
    expect(await names(none)).toEqual([]);
});

test("a place outside of the root has no reports", async () => {
  const root = temporaryFolder();
  write(root, "r.xml");
  write(root, "room/x");
  expect(await listReports(join(root, "room"), "../r.xml")).toEqual(new Map());
  expect(await listReports(join(root, "room"), "../*.xml")).toEqual(new Map());
});

test("reads only what was written since, and adds it up", async () => {
  const root = temporaryFolder();
  for (const path of ["old.xml", "again.xml", "same.xml"]) write(root, path);
  const before = await listReports(root, "*.xml");
  expect(await readReports("junit", before, await listReports(root, "*.xml"))).toBeUndefined();
  write(root, "again.xml");
  write(root, "new.xml", '<testsuite><testcase name="b"><failure/></testcase></testsuite>');
  rmSync(join(root, "old.xml"));
  expect(await readReports("junit", before, await listReports(root, "*.xml"))).toMatchObject({
    counts: { total: 2, passed: 1, failed: 1 },
    failed: [{ name: "b" }],
  });
});

test("one bad report spoils them all, by name", async () => {
  const root = temporaryFolder();
  write(root, "1.xml");
  write(root, "2.xml", "<testsuite>");
  const report = await readReports("junit", new Map(), await listReports(root, "*.xml"));
  expect(report).toEqual({
    problem: expect.stringContaining(`${join(root, "2.xml")} is no well-formed XML`) as string,
  });
});

test("more files than are read are a problem, not a part of the tests", async () => {
  const many = new Map(Array.from({ length: 5001 }, (_, index) => [`/none/${index}.xml`, "1"]));
  expect(await readReports("junit", many, many)).toEqual({
    problem: "is spread over more than 5000 files",
  });
});

test("a report that cannot be read, or never ends, is a problem or no report", async () => {
  const root = temporaryFolder();
  symlinkSync("/dev/zero", join(root, "endless.xml"));
  expect(await listReports(root, "endless.xml")).toEqual(new Map());
  const gone = new Map([[join(root, "gone.xml"), "1"]]);
  expect(await readReports("junit", new Map(), gone)).toMatchObject({
    problem: expect.stringContaining("gone.xml") as string,
  });
});
