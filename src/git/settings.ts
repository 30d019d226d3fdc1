import { answeredLine } from "./failures.ts";
import type { Repository } from "./repository.ts";

/** What a repository's configuration says, as far as calm goes by it. */
export interface Settings {
  /** Short names of the branches that follow another one. */
  readonly followers: ReadonlySet<string>;
  /** Whether any filter changes contents when they are checked out. */
  readonly filters: boolean;
}

/** The configuration, asked of git as often as it may have changed. */
export interface SettingsReader {
  ask(): Promise<Settings>;
  /** What was told last, asked for only when it never was. */
  last(): Promise<Settings>;
}

const wanted = String.raw`^(branch\..*\.merge|filter\..*\.(smudge|process))$`;

/** Asks several things of the configuration by one git: whichever is needed first, the others follow soon. */
export function readSettings(repository: Repository): SettingsReader {
  let told: Settings | undefined;
  const ask = async (): Promise<Settings> => {
    const args = ["config", "-z", "--name-only", "--get-regexp", wanted] as const;
    const answer = await repository.run(args, { answers: [0, 1] });
    const names = (answeredLine("config", answer) ?? "").split("\0").slice(0, -1);
    const followers = names.flatMap((name) => /^branch\.(.*)\.merge$/s.exec(name)?.[1] ?? []);
    told = { followers: new Set(followers), filters: followers.length < names.length };
    return told;
  };
  return { ask, last: async () => told ?? ask() };
}
