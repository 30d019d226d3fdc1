/** Whether git would accept a text as a full ref name (`git check-ref-format`). */
export function isRefName(text: string): boolean {
  return (
    text.startsWith("refs/") &&
    // eslint-disable-next-line no-control-regex -- control characters are what git refuses
    !/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(\/|$)|[/.]$/.test(text)
  );
}

/** Whether a text is a complete object id, SHA-1 or SHA-256. */
export function isObjectId(text: string): boolean {
  return /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(text);
}

/** Guards the command lines: only full ref names and object ids may stand where git expects a revision. */
export function revision(text: string): string {
  if (isObjectId(text) || isRefName(text)) return text;
  throw new Error(`Neither a full ref name nor an object id: ${JSON.stringify(text)}`);
}
