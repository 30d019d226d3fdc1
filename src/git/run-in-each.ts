import { join } from "node:path";
import { shellQuote } from "../model/shell-quote.ts";
import { readFileIfThere } from "../system/files.ts";
import { inTemporaryFolder } from "../system/temporary-folder.ts";
import type { ToolResult } from "../system/spawn.ts";
import { pinnedConfig, type Variables } from "./environment.ts";
import { cannotStart } from "./failures.ts";
import type { Arguments } from "./run-git.ts";

/** What git is to do in one folder: steps, each only when the one before went well. */
export interface Errand {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly steps: readonly Arguments[];
  /** What the first step reads. */
  readonly input?: string;
}

/** How an errand went: the output of its last step, and all complaints. */
export type ErrandResult = Pick<ToolResult, "exitCode" | "stdout" | "stderr">;

/** Shells at work at a time. */
const lanes = 3;

/**
 * Runs git in many folders by few shells, because to start a process costs Node more than git's whole work there. The
 * results keep the order of the errands.
 */
export async function runErrands(
  errands: readonly Errand[],
  place: { readonly cwd: string; readonly env: Variables },
  signal: AbortSignal | undefined,
): Promise<ErrandResult[]> {
  const { runTool } = await import("../system/spawn.ts");
  const inputs = errands.map(({ input = "" }, index) => ({
    path: `${index}.in`,
    content: Buffer.from(input),
  }));
  return inTemporaryFolder(inputs, async (folder) => {
    const scripts = Array.from({ length: Math.min(lanes, errands.length) }, (_, lane) =>
      errands.map((errand, index) =>
        index % lanes === lane ? scriptOf(errand, join(folder, `${index}`)) : "",
      ),
    );
    const runs = scripts.map((lines) => runTool(["sh"], { ...place, input: lines.join(""), signal }));
    for (const run of await Promise.allSettled(runs)) {
      if (run.status === "fulfilled") continue;
      if (signal?.aborted === true) throw run.reason;
      throw cannotStart(["status"], run.reason);
    }
    return Promise.all(errands.map((_, index) => readResult(join(folder, `${index}`))));
  });
}

function scriptOf({ cwd, env, steps }: Errand, path: string): string {
  const config = pinnedConfig.flatMap((setting) => ["-c", setting]);
  const variables = Object.entries(env).map(([name, value]) => `${name}=${shellQuote(value)}`);
  const [out, complaints, input] = [".out", ".err", ".in"].map((end) => shellQuote(path + end));
  const commands = steps.map((args, step) => {
    const words = ["git", ...config, ...args].map(shellQuote);
    const from = step === 0 ? input : "/dev/null";
    return [...variables, ...words, `<${from}`, `>${out}`, `2>>${complaints}`].join(" ");
  });
  return `cd ${shellQuote(cwd)} 2>>${complaints} && ${commands.join(" && ")}; echo $? >${shellQuote(`${path}.exit`)}\n`;
}

async function readResult(path: string): Promise<ErrandResult> {
  const [exit, stdout, stderr] = await Promise.all(
    [".exit", ".out", ".err"].map((end) => readFileIfThere(path + end)),
  );
  const code = Number(exit?.toString("latin1").trim() ?? "");
  return {
    exitCode: exit === undefined || Number.isNaN(code) ? undefined : code,
    stdout: stdout ?? Buffer.alloc(0),
    stderr: stderr?.toString("utf8") ?? "",
  };
}
