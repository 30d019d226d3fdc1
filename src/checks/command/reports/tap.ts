import { type CaseOutcome, ReportBuilder, type ReportProblem, type TestReport } from "./report.ts";

interface Point {
  readonly outcome: CaseOutcome;
  readonly name: string;
  message: string;
  /** Whether a subtest of it failed, which explains its own failure. */
  explained: boolean;
  /** Whether it stands for its subtests. */
  isParent: boolean;
}

/** One stream of test points: a whole document, or the subtests of a point. */
interface Level {
  planned: number | undefined;
  seen: number;
  failed: boolean;
  last: Point | undefined;
}

interface Reading {
  readonly report: ReportBuilder;
  /** The document, its open subtests, theirs, and so on. */
  levels: Level[];
  found: boolean;
  problem: string | undefined;
  /** Spaces before the marks of the open YAML block; a value in it may look like its end. */
  yaml: number | undefined;
}

const indent = 4;
const deepest = 50;
const planLine = /^1\.\.(\d+)(?:\s*#.*)?$/;
const pointLine = /^(not )?ok\b(?:\s+\d+)?(?:\s+-)?(.*)$/;
const directive = /(?:^|[^\\])#\s*(skip|todo)\b/i;

/** Counts the test points of TAP 13 and 14 that have no subtests; a plan that is not kept is an error. */
export function parseTap(text: string): TestReport | ReportProblem {
  if (text.trim() === "") return { problem: "is empty" };
  const reading: Reading = {
    ...{ report: new ReportBuilder(), levels: [], found: false, problem: undefined, yaml: undefined },
  };
  for (const line of text.split(/\r?\n/)) {
    const spaces = /^ */.exec(line)?.[0].length ?? 0;
    readLine(reading, line.trimEnd().slice(spaces), spaces);
    if (reading.problem !== undefined) return { problem: reading.problem };
  }
  if (!reading.found) return { problem: "is no TAP: it has neither a plan nor test points" };
  closeDocument(reading);
  return reading.problem === undefined ? reading.report.report() : { problem: reading.problem };
}

function readLine(reading: Reading, line: string, spaces: number): void {
  if (reading.yaml !== undefined) {
    if (line === "..." && spaces <= reading.yaml) reading.yaml = undefined;
    else tell(reading, line);
    return;
  }
  const depth = Math.floor(spaces / indent);
  const point = pointLine.exec(line);
  const plan = planLine.exec(line);
  if (/^TAP version \d+$/.test(line) && depth === 0) closeDocument(reading);
  else if (plan) takePlan(reading, Number(plan[1]), depth);
  else if (point) takePoint(reading, pointOf(point[1] !== undefined, point[2] ?? ""), depth);
  else if (line.startsWith("Bail out!")) bailOut(reading, line.slice("Bail out!".length).trim());
  else if (line === "---" && reading.levels.at(-1)?.last) reading.yaml = spaces;
  else if (line.startsWith("#")) tell(reading, line.replace(/^#\s?/, ""));
}

function levelAt(reading: Reading, depth: number): Level | undefined {
  const { levels } = reading;
  while (levels.length > depth + 1) closeSubtests(reading);
  while (levels.length <= depth && levels.length < deepest) {
    levels.push({ planned: undefined, seen: 0, failed: false, last: undefined });
  }
  reading.found = true;
  return levels[depth];
}

function takePlan(reading: Reading, count: number, depth: number): void {
  // A second plan below a level's own belongs to what other programs print.
  const level = levelAt(reading, depth);
  if (!level) reading.problem = "has too deep subtests";
  else if (level.planned !== undefined) reading.problem = "has two plans";
  else level.planned = count;
}

function takePoint(reading: Reading, point: Point, depth: number): void {
  const subtests = reading.levels[depth + 1];
  const level = levelAt(reading, depth);
  if (!level) {
    reading.problem = "has too deep subtests";
    return;
  }
  flush(reading, level);
  level.seen += 1;
  const explained = subtests?.failed ?? false;
  level.last = { ...point, isParent: subtests !== undefined, explained };
  level.failed ||= point.outcome === "failed" || explained;
}

function pointOf(isNot: boolean, rest: string): Point {
  const mark = directive.exec(rest);
  const word = mark?.[1]?.toLowerCase();
  const name = (mark ? rest.slice(0, mark.index + 1) : rest).replace(/#$/, "").trim();
  // A test still to be done may fail; one that is said to be skipped and fails all the same has failed.
  const skipped = word === "todo" || (word === "skip" && !isNot);
  const outcome = skipped ? "skipped" : isNot ? "failed" : "passed";
  return { outcome, name, message: "", explained: false, isParent: false };
}

/** Adds a diagnostic line to the newest test point. */
function tell({ levels }: Reading, line: string): void {
  const last = levels.at(-1)?.last;
  if (last && last.message.length < 10_000) last.message += `${line}\n`;
}

function flush({ report }: Reading, level: Level): void {
  const { last } = level;
  level.last = undefined;
  if (!last || (last.isParent && (last.outcome !== "failed" || last.explained))) return;
  report.add(last.outcome, last.name, last.message);
}

function closeSubtests(reading: Reading): void {
  const level = reading.levels.pop();
  if (!level) return;
  flush(reading, level);
  const missing = level.planned === undefined ? undefined : level.planned - level.seen;
  if (missing === 0) return;
  level.failed = true;
  const above = reading.levels.at(-1);
  if (above) above.failed = true;
  reading.report.add("error", "TAP plan", planProblem(missing, level));
}

function planProblem(missing: number | undefined, { planned, seen }: Level): string {
  if (missing === undefined) return "Subtests have no plan: they were cut short.";
  return `${planned ?? 0} tests were planned, ${seen} ran.`;
}

function closeDocument(reading: Reading): void {
  while (reading.levels.length > 1) closeSubtests(reading);
  if (reading.levels[0] && reading.levels[0].planned === undefined)
    reading.problem = "has no plan: it may be cut";
  closeSubtests(reading);
  reading.levels = [];
}

function bailOut(reading: Reading, reason: string): void {
  reading.found = true;
  reading.report.add("error", "Bail out!", reason);
  for (const level of reading.levels) level.planned = level.seen; // the rest was given up, which is told here
  if (reading.levels.length === 0)
    reading.levels.push({ planned: 0, seen: 0, failed: true, last: undefined });
}
