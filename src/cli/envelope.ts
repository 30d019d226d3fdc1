import { escapeJson } from "../text/escape.ts";

/** What the JSON envelope tells of an error. */
export interface ErrorFacts {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The one document of an answer under `--json`. */
export function answerDocument(kind: string, data: unknown, warnings: readonly string[]): string {
  return escapeJson(JSON.stringify({ v: 1, ok: true, kind, data, warnings }));
}

/** The one document of an error under `--json`. */
export function errorDocument({ code, message, hint, retryable, details }: ErrorFacts): string {
  return escapeJson(JSON.stringify({ v: 1, ok: false, error: { code, message, hint, retryable, details } }));
}
