import { parseTranscript, type TranscriptStep } from "./transcript.ts";

/** A page of the guide: its console blocks are steps of one transcript, the rest is prose. */
export interface GuidePage {
  readonly steps: readonly TranscriptStep[];
  /** The page with the lines that were really printed. */
  render(printed: readonly (readonly string[])[]): string;
}

const block = /^```console\n([\s\S]*?)^```$/gm;

/** Reads a page; a fenced block of the language `console` is played, any other is only shown. */
export function parseGuide(text: string): GuidePage {
  const blocks = [...text.matchAll(block)].map((match) => parseTranscript(match[1] ?? ""));
  return {
    steps: blocks.flat(),
    render: (printed) => {
      let next = 0;
      let at = 0;
      return text.replaceAll(block, () => {
        const steps = blocks[next++] ?? [];
        const lines = steps.flatMap(({ before, command }) => [
          ...before,
          `$ ${command}`,
          ...(printed[at++] ?? []),
        ]);
        return `\`\`\`console\n${lines.join("\n")}\n\`\`\``;
      });
    },
  };
}
