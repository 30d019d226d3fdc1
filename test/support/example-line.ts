/** Splits an example as a shell would; quotes and backslashes, no expansion. */
function shellWords(line: string): string[] {
  const words = line.match(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(
      /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
      (_, double?: string, single?: string, one?: string) =>
        double !== undefined ? double.replaceAll(/\\(["\\$`])/g, "$1") : (single ?? one ?? ""),
    ),
  );
}

/** The part of an example that is calm's own line: without what pipes into it, or where it goes. */
export function ownWords(example: string): { words: string[]; piped: boolean } {
  const substituted = /\$\((calm [^)]*)\)/.exec(example);
  const all = shellWords(substituted?.[1] ?? example);
  const start = all.indexOf("calm");
  const end = all.findIndex((word, index) => index > start && /^([|;&<]|\d?>)/.test(word));
  const words = all.slice(start + 1, end === -1 ? undefined : end);
  return { words, piped: start > 0 || all[end]?.startsWith("<") === true };
}
