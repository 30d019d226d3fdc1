import type { Dialogue, DialogueEnd, Listener } from "../system/dialogue.ts";

/** An object of the repository. */
export interface GitObject {
  readonly type: string;
  readonly bytes: Buffer;
}

/** How a reader is started, and how its end is explained while it owes an answer. */
export interface ReaderProcess {
  /** Starts `git cat-file --batch-command -z`. */
  readonly start: (listener: Listener) => Promise<Dialogue>;
  readonly explain: (end: DialogueEnd) => Promise<unknown>;
}

/** Small objects by their ids, as they can be kept in JSON: the type and the bytes in base64. */
export type KeptObjects = Readonly<Record<string, readonly [type: string, bytes: string]>>;

/** What a gateway knows of objects without asking git. */
export interface ObjectMemory {
  /** Takes objects as known, so that git need not be started to read them. */
  knowObjects(kept: KeptObjects): void;
  /** Small objects that were read by now, for another process to know. */
  keptObjects(): KeptObjects;
}

interface Question {
  resolve(object: GitObject | undefined): void;
  reject(error: unknown): void;
}

/** Milliseconds without a question after which the process is let go: a gate's command may run for minutes. */
const patience = 250;
const mostRemembered = 512;
const largestRemembered = 1 << 20;
/** Of all that is kept beyond this process, and of each object. */
const mostKept = 1 << 15;
const largestKept = 1 << 14;

/** Reads objects by their ids through one git that stays while it is asked: to start one costs as much as many answers. */
export class ObjectReader {
  readonly #process: ReaderProcess;
  readonly #remembered = new Map<string, GitObject>();
  #session: ReaderSession | undefined;

  constructor(process: ReaderProcess) {
    this.#process = process;
  }

  /** Takes objects as known that this repository gave before: an id stands for the same bytes for ever. */
  know(kept: KeptObjects): void {
    for (const [id, [type, bytes]] of Object.entries(kept)) {
      this.#remembered.set(id, { type, bytes: Buffer.from(bytes, "base64") });
    }
  }

  /** Small objects that were read, or known, by now; the first ones first. */
  kept(): KeptObjects {
    const kept: Record<string, readonly [type: string, bytes: string]> = {};
    let room = mostKept;
    for (const [id, { type, bytes }] of this.#remembered) {
      if (bytes.length > largestKept || bytes.length > room) continue;
      room -= bytes.length;
      kept[id] = [type, bytes.toString("base64")];
    }
    return kept;
  }

  /** An object by its full id; undefined when the repository has none. */
  async read(id: string): Promise<GitObject | undefined> {
    const known = this.#remembered.get(id);
    if (known) return known;
    const session = (this.#session ??= new ReaderSession(this.#process, () => {
      if (this.#session === session) this.#session = undefined;
    }));
    const object = await session.ask(id);
    if (object && object.bytes.length <= largestRemembered && this.#remembered.size < mostRemembered)
      // Of its own: the answers of one moment share their memory, and a large one among them would stay as well.
      this.#remembered.set(id, { type: object.type, bytes: Buffer.from(object.bytes) });
    return object;
  }
}

/** One process from its start to its end. */
class ReaderSession {
  readonly #dialogue: Promise<Dialogue>;
  readonly #leave: () => void;
  readonly #waiting: Question[] = [];
  readonly #answers = new AnswerParser();
  #rest: NodeJS.Timeout | undefined;

  /** `leave` is called when no further question may be asked of it. */
  constructor({ start, explain }: ReaderProcess, leave: () => void) {
    this.#leave = leave;
    this.#dialogue = start({
      data: (chunk) => {
        for (const object of this.#answers.add(chunk)) this.#waiting.shift()?.resolve(object);
        if (this.#waiting.length > 0) return;
        void this.#dialogue.then((dialogue) => {
          this.#pause(dialogue);
        });
      },
      end: (end) => {
        leave();
        const owed = this.#waiting.splice(0);
        if (owed.length === 0) return;
        void explain(end).then((error) => {
          for (const question of owed) question.reject(error);
        });
      },
    });
  }

  async ask(id: string): Promise<GitObject | undefined> {
    clearTimeout(this.#rest);
    const answer = new Promise<GitObject | undefined>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
    try {
      const dialogue = await this.#dialogue;
      dialogue.expect(true);
      dialogue.write(`contents ${id}\0`);
    } catch (error) {
      this.#leave();
      throw error;
    }
    return answer;
  }

  #pause(dialogue: Dialogue): void {
    if (this.#waiting.length > 0) return;
    dialogue.expect(false);
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#leave();
      dialogue.close();
    }, patience).unref();
  }
}

const lineBreak = 10;

/** Takes answers of `cat-file` apart: `<id> <type> <size>`, the bytes and a line break; `<id> missing` for none. */
class AnswerParser {
  #chunks: Buffer[] = [];
  #size = 0;
  /** Bytes without which the next answer cannot be whole. */
  #needed = 0;

  add(chunk: Buffer): (GitObject | undefined)[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size < this.#needed) return [];
    const found: (GitObject | undefined)[] = [];
    const bytes = Buffer.concat(this.#chunks);
    let at = 0;
    for (;;) {
      const start = bytes.indexOf(lineBreak, at) + 1;
      if (start === 0) break;
      const [, type = "", size] = /^\w+ (\w+) (\d+)$/.exec(bytes.toString("latin1", at, start - 1)) ?? [];
      const end = start + Number(size ?? 0);
      this.#needed = size === undefined ? 0 : end + 1 - at;
      if (size !== undefined && bytes.length < end + 1) break;
      found.push(size === undefined ? undefined : { type, bytes: bytes.subarray(start, end) });
      at = size === undefined ? start : end + 1;
      this.#needed = 0;
    }
    this.#chunks = at === bytes.length ? [] : [bytes.subarray(at)];
    this.#size = bytes.length - at;
    return found;
  }
}
