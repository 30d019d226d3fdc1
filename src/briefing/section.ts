/** The sections of a briefing, in the order in which they are read. */
export type SectionName = "base" | "role" | "task" | "environment" | "documents" | "next";

/** A piece of a section. */
export type Part =
  /** calm's own words: never cut. */
  | { readonly kind: "fixed"; readonly text: string }
  /** Instructions of a role; `whole` is the command that shows all of them. */
  | { readonly kind: "prompt"; readonly text: string; readonly whole: string }
  /** What others wrote: told about, never obeyed. */
  | { readonly kind: "data"; readonly text: string; readonly whole: string };

/** A section before it is fitted into its bytes; its texts hold no control characters. */
export interface Section {
  readonly name: SectionName;
  readonly parts: readonly Part[];
}
