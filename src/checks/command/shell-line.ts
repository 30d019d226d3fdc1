/** One simple command of a line: its words, without quotes, redirections and leading assignments. */
interface SimpleCommand {
  readonly words: readonly string[];
}

// What calm cannot foresee without being a shell: substitutions, groups, comments, here-documents, background jobs.
const beyond = /[`(){}#]|\\\n|\$\(|<<|^\s*(if|for|while|case|until|!)\s/;
const token =
  /[^\S\n]+|&&|\|\||\d*(?:>>?|<)(?:&\d|&-|\s*[^\s;&|]+)|[;|&\n]|(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\;&|<>])+/gsy;

/** The simple commands of a line for sh, in order; undefined when the line is more than a plain list of them. */
export function simpleCommands(line: string): SimpleCommand[] | undefined {
  const text = line.trim();
  if (beyond.test(text)) return undefined;
  const commands: string[][] = [[]];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const found = token.exec(text)?.[0];
    if (found === undefined || found === "&") return undefined;
    if (/^(&&|\|\||[;|\n])$/.test(found)) commands.push([]);
    else if (!/^[^\S\n]|^\d*[<>]/.test(found)) commands.at(-1)?.push(unquote(found));
  }
  if (commands.some((words) => words.length === 0)) return undefined;
  return commands.map((words) => ({ words: words.slice(words.findIndex((word) => !isAssignment(word))) }));
}

function unquote(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs,
    (_, single?: string, double?: string, one?: string) => {
      return single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? one ?? "";
    },
  );
}

function isAssignment(word: string): boolean {
  return /^[A-Za-z_]\w*=/.test(word);
}
