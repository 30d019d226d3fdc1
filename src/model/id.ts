import * as z from "zod/mini";
import { Failure } from "../failure.ts";

/** The rule for task ids (SPEC section 2): also a valid git branch name on every platform. */
export const taskIdPattern = /^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$/;
const longestId = 64;
const reserved = new Set(["head", "main", "master"]);
/** Names that Windows keeps for devices; a checkout there could not hold them. */
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** Why a text is no task id, or undefined when it is one. */
export function taskIdProblem(text: string, defaultBranch?: string): string | undefined {
  if (text === "") return "an id may not be empty";
  if (text.length > longestId)
    return `an id may have ${longestId} characters at most, this one has ${text.length}`;
  if (!taskIdPattern.test(text))
    return "an id is letters, digits and single hyphens, and starts with a letter";
  const lower = text.toLowerCase();
  if (reserved.has(lower) || deviceName.test(text) || lower === defaultBranch?.toLowerCase()) {
    return `${text} is a reserved name`;
  }
  return undefined;
}

/** Refuses a text that is no task id. */
export function requireTaskId(text: string, defaultBranch?: string): string {
  const problem = taskIdProblem(text, defaultBranch);
  if (problem === undefined) return text;
  throw new Failure("invalid_id", `Not a task id: ${JSON.stringify(text.slice(0, 80))}: ${problem}`, {
    hint: "Use an id such as SPEC-001, or let calm number it: calm task create SPEC --next <title>",
  });
}

/** A name of a counter or role: no path, no flag. */
export const Name = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/), z.maxLength(64));

/** A `Name`, or "" where that clears the field. */
export const NameOrNothing = z.string().check(z.regex(/^([A-Za-z0-9][A-Za-z0-9._-]*)?$/), z.maxLength(64));

/** The first characters of an object id, as people read it. */
export function shortId(oid: string): string {
  return oid.slice(0, 7);
}
