import type { Git } from "./git/git.ts";
import type { Actor } from "./model/event.ts";
import type { Store } from "./store/store.ts";

/** The variables of the environment that calm was started with. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The folders and files below CALM_HOME; all absolute. */
export interface Home {
  readonly root: string;
  readonly database: string;
  readonly backups: string;
  readonly slots: string;
  readonly logs: string;
  readonly roles: string;
}

/** A git repository that calm knows (SPEC section 4). */
export interface Project {
  readonly id: string;
  readonly name: string;
  /** The common git directory, without symbolic links. */
  readonly commonDir: string;
  /** The main working tree; the git directory itself when the repository is bare. */
  readonly root: string;
  readonly bare: boolean;
}

/** A confirmation that only a person can give, and what the refusal tells an agent. */
export interface PersonQuestion {
  readonly question: string;
  /** The word to be typed. */
  readonly word: string;
  /** The command line that a person should run. */
  readonly command: string;
}

/** Long work that is shown while it goes on. */
export interface Activity {
  /** Tells what it does from now on. */
  state(kind: "running" | "waiting", what: string): void;
  /** A line that its command has printed, as it came; a terminal shows the last one. */
  output(line: string): void;
  /** Tells how it ended, unless that is told elsewhere; only the first time counts. */
  end(how?: string): void;
}

/** Everything an operation may touch. Adaptors make one for each call. */
export interface Context {
  readonly operation: string;
  readonly cwd: string;
  readonly env: Environment;
  readonly home: Home;
  readonly actor: Actor;
  readonly host: string;
  /** Cores of the machine. */
  readonly cores: number;
  /** Aborted by SIGINT, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal;
  /** RFC 3339, UTC, milliseconds. */
  now(): string;
  /** A fresh id: the prefix, a hyphen and ten letters and digits. */
  newId(prefix: string): string;
  /** The project of the current directory; Failure not_a_repository outside of one. */
  project(): Promise<Project>;
  /** The project of another directory; undefined where no repository is. `keep` gives it an id that lasts. */
  projectAt(directory: string, keep: boolean): Promise<Project | undefined>;
  /** Gives a copied repository an identity of its own. */
  renewIdentity(): Promise<void>;
  /**
   * The memory of the project; opened on first use. For a worker it takes its lease: Failure stale_worker when that
   * has run out, and no transaction of it lands once the lease is lost.
   */
  store(): Promise<Store>;
  /** The same without a worker's lease: to take one up again, to tidy up, to record what git has already done. */
  storeBeyondLease(): Promise<Store>;
  /** The repository of the project. */
  git(): Promise<Git>;
  /** Does work with a Context of the same call in another project's directory. */
  inProject<T>(directory: string, work: (there: Context) => Promise<T>): Promise<T>;
  /** Told on stderr, and in `warnings` of the JSON envelope. */
  warn(message: string): void;
  /** Narration on stderr. */
  progress(message: string): void;
  /** Narrates long work: one line that is drawn anew on a terminal, else a line for each state and each half minute. */
  begin(name: string): Promise<Activity>;
  /** Asks for a yes; without a terminal a Failure needs_yes, unless `yes`. */
  confirm(question: string, yes: boolean): Promise<void>;
  /** Whether a person sits at the terminal and can be asked. */
  readonly interactive: boolean;
  /** Asks a person to type a word; a Failure needs_person where nobody can be asked. */
  askPerson(question: PersonQuestion): Promise<void>;
}
