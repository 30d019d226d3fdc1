/** Quotes a word for sh. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The beginning of a command line of git in a folder, for people to copy. */
export function gitIn(folder: string): string {
  return `git -C ${shellQuote(folder)}`;
}
