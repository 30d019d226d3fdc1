import type { ToolResult } from "../system/spawn.ts";
import type { Arguments, Call } from "./run-git.ts";

/** The questions whose answer lies in objects alone. */
const questions = ["ls-tree", "cat-file", "diff-tree", "merge-base", "rev-parse"];

const objectName = /^[0-9a-f]{40}([0-9a-f]{24})?(\^\{tree\})?(:|$)/;
const largestAnswer = 1 << 20;
const mostAnswers = 64;

/** True when a question names objects only by their ids, so that its answer can never change. */
function isTimeless([verb, ...rest]: Arguments, input: Call["input"]): boolean {
  if (!questions.includes(verb) || Buffer.isBuffer(input)) return false;
  const end = rest.indexOf("--");
  const named = (end === -1 ? rest : rest.slice(0, end)).filter((word) => !word.startsWith("-"));
  const asked = [...named.filter((word) => word !== "blob"), ...(input?.trimEnd().split(/[ \n]/) ?? [])];
  return asked.length > 0 && asked.every((name) => objectName.test(name));
}

/** Asks git each timeless question once; a gateway lives as long as one command. */
export function rememberAnswers(
  ask: (args: Arguments, call: Call) => Promise<ToolResult>,
): (args: Arguments, call: Call) => Promise<ToolResult> {
  const answers = new Map<string, ToolResult>();
  return async (args, call) => {
    if (call.env !== undefined || !isTimeless(args, call.input)) return ask(args, call);
    const question = JSON.stringify([args, call.input, call.config, call.answers]);
    const known = answers.get(question);
    if (known) return known;
    const answer = await ask(args, call);
    if (answer.exitCode === 0 && answer.stdout.length <= largestAnswer && answers.size < mostAnswers) {
      answers.set(question, answer);
    }
    return answer;
  };
}
