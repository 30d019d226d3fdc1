/** Colours that a renderer may use; each returns its text unchanged where colour is off. */
export interface Colors {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** What a renderer knows of the terminal; no clock, no streams. */
export interface Text {
  readonly colors: Colors;
  /** Width of the terminal in cells. */
  readonly columns: number;
  /** The moment of rendering, RFC 3339 UTC. */
  readonly now: string;
}
