import type { Definition } from "../text/definitions.ts";
import type { CommandEntry, Session } from "./command.ts";
import {
  globalRows,
  helpExitCodes,
  helpParagraph,
  helpSections,
  type Page,
  type Section,
} from "./help-page.ts";

const tagline = "calm: several coding agents on one git repository, without lost work or a red main branch";

interface Listed {
  readonly name: string;
  readonly summary: string;
}

/** The commands of a group with their summaries; those that the build collected spare loading the modules. */
async function list(session: Session, group: string): Promise<readonly Listed[]> {
  const entries: readonly (CommandEntry | Session["operations"][number])[] = [
    ...session.operations,
    ...session.commands.filter((entry) => entry.hidden !== true),
  ];
  const inside = entries.filter(({ name }) => group === "" || name === group || name.startsWith(`${group} `));
  return Promise.all(
    inside.map(async (entry) => ({
      name: entry.name,
      summary: session.summaries?.[entry.name] ?? (await entry.load()).summary,
    })),
  );
}

function byFirstWord(commands: readonly Listed[], group: string): Section[] {
  if (group !== "")
    return [{ title: "Commands", rows: commands.map(({ name, summary }) => [name, summary]) }];
  const words = [...new Set(commands.map(({ name }) => name.split(" ")[0] ?? ""))];
  const sections = words.map((word) => ({
    title: word,
    rows: commands
      .filter(({ name }) => name === word || name.startsWith(`${word} `))
      .map(({ name, summary }): Definition => [name, summary]),
  }));
  const single = sections.filter(({ rows }) => rows.length === 1).flatMap(({ rows }) => rows);
  const groups = sections.filter(({ rows }) => rows.length > 1);
  return [...groups, { title: groups.length > 0 ? "other commands" : "commands", rows: single }];
}

/** The help page of a group of commands; of all of them for the group "". */
export async function groupHelp(session: Session, group: string): Promise<string> {
  const page: Page = session.printer;
  const commands = await list(session, group);
  const name = ["calm", group].join(" ").trim();
  return [
    ...(group === "" ? [tagline] : []),
    helpParagraph("Usage", [`${name} <command> [arguments] [flags]`], page),
    ...helpSections([...byFirstWord(commands, group), { title: "Global flags", rows: globalRows }], page),
    ...(group === "" ? [helpExitCodes(page)] : []),
    `More about a command: ${name} <command> --help`,
  ].join("\n\n");
}
