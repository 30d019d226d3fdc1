import { delimiter, join } from "node:path";
import type { Request } from "./asking.ts";
import { unittestModule } from "./unittest-module.ts";

const modules = "python";

/**
 * What makes Python's unittest write a JUnit report: a module that Python loads at its start, in the run's folder, and
 * where it writes; `pythonPath` is what the command has already.
 */
export function unittestHook(
  folder: string,
  file: string,
  pythonPath: string | undefined,
): Required<Pick<Request, "files" | "env">> {
  return {
    files: { [`${modules}/sitecustomize.py`]: unittestModule },
    env: {
      PYTHONPATH: [join(folder, modules), ...(pythonPath === undefined ? [] : [pythonPath])].join(delimiter),
      CALM_UNITTEST_REPORT: file,
    },
  };
}
