import { execFileSync, spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { placeFixture } from "./original.ts";
import type { World } from "./world.ts";

/** One command of a transcript with what followed it. */
export interface TranscriptStep {
  readonly command: string;
  readonly expected: readonly string[];
  /** Comment and blank lines before it, kept when the file is rewritten. */
  readonly before: readonly string[];
}

/** Reads a transcript: `$ command`, its output, `? exit code` where it is not 0; `//` begins a comment. */
export function parseTranscript(text: string): TranscriptStep[] {
  const steps: TranscriptStep[] = [];
  let before: string[] = [];
  let expected: string[] | undefined;
  for (const line of text.replace(/\n$/, "").split("\n")) {
    if (line.startsWith("$ ")) {
      expected = [];
      steps.push({ command: line.slice(2), expected, before });
      before = [];
    } else if (line === "" || line.startsWith("// ")) {
      before.push(line);
    } else expected?.push(line);
  }
  return steps;
}

/** Words of a shell-like line; quotes hold one together, and `\n` within them is a line break. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) =>
    (match[1] ?? match[2] ?? match[3] ?? "").replaceAll("\\n", "\n"),
  );
}

/** Plays a transcript in a world; gives the lines that each step printed. */
export function createPlayer(world: World): (command: string) => Promise<string[]> {
  const variables = new Map<string, string>();
  let cwd = world.repository;
  // Wide enough that no table cuts the world's folder, whose name differs from run to run.
  const env = (): Record<string, string> => ({ COLUMNS: "160", ...Object.fromEntries(variables) });
  const calm = async (words: readonly string[], stdin?: string, own: Record<string, string> = {}) =>
    world.calm(words, { cwd, env: { ...env(), ...own }, ...(stdin !== undefined && { stdin }) });
  const run = async (line: string): Promise<string[]> => {
    const withVariable = /^(\w+)=(\S*) calm (.*)$/.exec(line);
    if (withVariable) {
      const [, name = "", value = "", rest = ""] = withVariable;
      const ran = await calm(wordsOf(rest), undefined, { [name]: value });
      return lines(ran.out + ran.err, ran.exitCode);
    }
    const assignment = /^(\w+)=\$\(calm (.*)\)$/.exec(line);
    if (assignment) {
      const ran = await calm(wordsOf(assignment[2] ?? ""));
      variables.set(assignment[1] ?? "", ran.out.trim());
      return lines(ran.err, ran.exitCode);
    }
    // A here-string, as bash has it: standard input is the one word after `<<<`.
    const [before, text] = line.split(" <<< ");
    const [program = "", ...words] = wordsOf(before ?? "");
    const stdin = text === undefined ? undefined : `${wordsOf(text)[0] ?? ""}\n`;
    switch (program) {
      case "calm": {
        const ran = await calm(words, stdin);
        return lines(ran.out + ran.err, ran.exitCode);
      }
      case "cd":
        cwd = join(cwd, words[0] ?? "");
        return [];
      case "fixture": {
        const [name = "", place = ""] = words;
        placeFixture(
          name,
          resolve(cwd, place.replace("CALM_HOME", world.env["CALM_HOME"] ?? "")),
          world.repository,
        );
        return [];
      }
      case "write":
        world.write(words[0] ?? "", words[1] ?? "", cwd);
        return [];
      case "git": {
        const ran = spawnSync("git", words, { cwd, env: world.env, encoding: "utf8" });
        return lines(ran.stdout + ran.stderr, ran.status ?? 1);
      }
      case "ls":
        return lines(execFileSync("ls", words, { cwd, encoding: "utf8" }), 0);
      default:
        throw new Error(`A transcript cannot run ${program}`);
    }
  };
  return async (command) => {
    const expanded = command.replace(/\$(\w+)/g, (whole, name: string) => variables.get(name) ?? whole);
    return (await run(expanded)).map((line) => normalise(line, world.folder));
  };
}

function lines(text: string, exitCode: number): string[] {
  // A blank line would end the output when the transcript is read again.
  const printed = text.split("\n").map((line) => line.trimEnd());
  return [...printed.filter((line) => line !== ""), ...(exitCode === 0 ? [] : [`? ${exitCode}`])];
}

/** Takes out what differs: the world's folder, the time that commands took, sizes and versions of tools. */
function normalise(line: string, folder: string): string {
  return withoutSnapshots(line)
    .replaceAll(folder, "/work")
    .replace(/\(\d+(\.\d+)?(ms|s)\)/g, "(0.1s)")
    .replace(/after \d+\.\d s/g, "after 0.1 s")
    .replace(/"database_bytes":\d+/g, '"database_bytes":100000')
    .replace(/"duration_ms":\d+/g, '"duration_ms":100')
    .replace(/"(log_sha256)":"[0-9a-f]+"/g, '"$1":"…"')
    .replace(/"log_bytes":\d+/g, '"log_bytes":1000')
    .replace(/\(\d+(\.\d+)? (bytes|[kMGT]B)\)/g, "(100 kB)")
    .replace(/\b(git|node|SQLite) \d+(\.\d+)+[^,"]*/g, "$1 0.0.0");
}

/** Takes out the ids of snapshots: they keep an index file, which holds the times of files. */
function withoutSnapshots(line: string): string {
  return line
    .replaceAll(/("ref":"refs\/calm\/attic\/[^"]*",|"entry":\d+,)"commit":"[0-9a-f]+"/g, '$1"commit":"…"')
    .replace(/^(\S+ +\d+ +.* ago +(?:.* ago +)?)[0-9a-f]{7}( {2}worktree remove)/, "$1…      $2")
    .replace(/(still there: git show )[0-9a-f]+$/, "$1…");
}

/** A transcript with the lines that were really printed. */
export function renderTranscript(
  steps: readonly TranscriptStep[],
  printed: readonly (readonly string[])[],
): string {
  const text = steps.flatMap((step, index) => [
    ...step.before,
    `$ ${step.command}`,
    ...(printed[index] ?? []),
  ]);
  return `${text.join("\n")}\n`;
}
