/** A path with what a tree holds there; zeros stand for "absent". */
export interface TreePath {
  readonly path: string;
  readonly mode: string;
  readonly blob: string;
}

/**
 * What lies at a path of a working tree. "unreachable": something else stands where a folder above it should be;
 * "other": neither file, link nor folder.
 */
export type OnDisk =
  | { readonly kind: "nothing" | "folder" | "unreachable" | "other" }
  | { readonly kind: "file"; readonly mode: string; readonly blob: string };
