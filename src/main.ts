import { commands } from "./cli/commands/index.ts";
import { runCli } from "./cli/run-cli.ts";
import { createContext, realWorld } from "./create-context.ts";
import { demo, type OpenIn } from "./demo/index.ts";
import { operations } from "./operations/index.ts";
import { listenForSignals, processTerminal, restoredEnvironment, writeBugReport } from "./real-process.ts";

const env = restoredEnvironment(process.env);
const world = realWorld(env, process.cwd());
const openIn: OpenIn = (own, cwd) => (request) => createContext(realWorld(own, cwd), request);
void runCli(process.argv.slice(2), {
  ...{ operations, commands: [...commands, demo(openIn)], env },
  ...{ version: CALM_VERSION, summaries: CALM_SUMMARIES },
  terminal: processTerminal(process),
  signal: listenForSignals(process),
  openContext: (request) => createContext(world, request),
  reportBug: (error) => writeBugReport(error, world),
}).then((exitCode) => {
  process.exitCode = exitCode;
});
