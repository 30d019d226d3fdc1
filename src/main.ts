import { commands } from "./cli/commands/index.ts";
import { runCli } from "./cli/run-cli.ts";
import { createContext, realWorld } from "./create-context.ts";
import { demo } from "./demo/index.ts";
import { operations } from "./operations/index.ts";
import { listenForSignals, processTerminal, restoredEnvironment, writeBugReport } from "./real-process.ts";

const env = restoredEnvironment(process.env);
const world = realWorld(env, process.cwd());
void runCli(process.argv.slice(2), {
  ...{ operations, commands: [...commands, demo], env, version: CALM_VERSION },
  terminal: processTerminal(process),
  signal: listenForSignals(process),
  openContext: (request) => createContext(world, request),
  reportBug: (error) => writeBugReport(error, world),
}).then((exitCode) => {
  process.exitCode = exitCode;
});
