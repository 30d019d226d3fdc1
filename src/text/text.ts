/** Colours that a renderer may use; each returns its text unchanged where colour is off. */
export interface Colors {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** What a renderer knows of the terminal; no clock, no streams. */
export interface Text {
  readonly colors: Colors;
  /** Width of the terminal in cells. */
  readonly columns: number;
  /** Set where tables need not fit into it: nobody looks at a width. */
  readonly uncut?: boolean;
  /** The moment of rendering, RFC 3339 UTC. */
  readonly now: string;
  /** Set where answers follow each other without end: this one begins the row, or continues it. */
  readonly flow?: "begins" | "continues";
}
