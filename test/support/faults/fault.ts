import type { KillPoint } from "../killing-git.ts";

/** What happens within a git, at its n-th call that changes something: it is killed, or the system refuses from then on. */
const effects = ["SIGKILL", "ENOSPC", "EIO"] as const;

/**
 * What befalls a calm. It is killed, alone or with its process group: at the n-th boundary between its steps (or at one
 * of a name), by the n-th git that it starts, some milliseconds after its start. Or the disk is full but for some
 * kilobytes, no file may be longer than some, or a place is read-only.
 */
export type Fault =
  | { readonly by: "failpoint"; readonly at: string; readonly group: boolean }
  | ({ readonly by: "git" } & KillPoint)
  | { readonly by: "time"; readonly milliseconds: number; readonly group: boolean }
  | { readonly by: "disk"; readonly free: number }
  | { readonly by: "limit"; readonly length: number }
  | { readonly by: "readonly"; readonly place: "repo" | "calm-home" };

/** A fault as one word: `failpoint:7:group`, `git:12:orphan`, `git:12:within:30:ENOSPC`, `time:430`, `disk:64`. */
export function nameOfFault(fault: Fault): string {
  switch (fault.by) {
    case "failpoint":
      return `failpoint:${fault.at}${fault.group ? ":group" : ""}`;
    case "git":
      return `git:${fault.call}:${fault.moment}${fault.within ? `:${fault.within.at}:${fault.within.effect}` : ""}`;
    case "time":
      return `time:${fault.milliseconds}${fault.group ? ":group" : ""}`;
    case "disk":
      return `disk:${fault.free}`;
    case "limit":
      return `limit:${fault.length}`;
    case "readonly":
      return `readonly:${fault.place}`;
  }
}

/** Reads what `nameOfFault` writes. */
export function parseFault(word: string): Fault {
  const [by, where = "", how, at, named] = word.split(":");
  const group = how === "group";
  if (by === "failpoint") return { by, at: where, group };
  if (by === "time") return { by, milliseconds: Number(where), group };
  if (by === "disk") return { by, free: Number(where) };
  if (by === "limit") return { by, length: Number(where) };
  if (by === "readonly" && (where === "repo" || where === "calm-home")) return { by, place: where };
  if (by === "git" && (how === "before" || how === "after" || how === "orphan"))
    return { by, call: Number(where), moment: how };
  const effect = effects.find((one) => one === named);
  if (by === "git" && how === "within" && effect !== undefined)
    return { by, call: Number(where), moment: how, within: { at: Number(at), effect } };
  throw new Error(`no fault: ${word}`);
}
