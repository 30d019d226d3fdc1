import { parseTranscript, type TranscriptStep } from "./transcript.ts";

/** A page of the guide: its console blocks are steps of one transcript, the rest is prose. */
export interface GuidePage {
  readonly steps: readonly TranscriptStep[];
  /** The page with the lines that were really printed. */
  render(printed: readonly (readonly string[])[]): string;
}

/** What is played: fenced blocks of the language `console`, and a preparation that readers need not see, in a comment. */
const played = /^```console\n([\s\S]*?)^```$|^<!-- (\$ .*) -->$/gm;

/** Reads a page; a fenced block of any other language is only shown. */
export function parseGuide(text: string): GuidePage {
  const blocks = [...text.matchAll(played)].map(([, shown, hidden]) =>
    parseTranscript(shown ?? hidden ?? ""),
  );
  return {
    steps: blocks.flat(),
    render: (printed) => {
      let next = 0;
      let at = 0;
      return text.replaceAll(played, (whole, shown: string | undefined) => {
        const lines = (blocks[next++] ?? []).flatMap(({ before, command }) => [
          ...before,
          `$ ${command}`,
          ...(printed[at++] ?? []),
        ]);
        return shown === undefined ? whole : `\`\`\`console\n${lines.join("\n")}\n\`\`\``;
      });
    },
  };
}
