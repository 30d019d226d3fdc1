/* global require, __dirname, Buffer, CALM_BUILD */
// The program's first lines: loads its parts, with the machine code that V8 made of them last time.
// Every part is one script `(function (exports, require, module) {…})` in ASCII; see docs/decisions/004-start-up.md.
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { Script } from "node:vm";

// Paths by hand: node's own functions for them are still to be compiled, and --version needs nothing else of them.
const { CALM_HOME, HOME = "", NODE_OPTIONS = "" } = process.env;
const home = CALM_HOME ?? (HOME && `${HOME}/.calm`);
const cache = `${home}/cache`;
const flags = [...process.execArgv, NODE_OPTIONS].join(" ").trim();
const folder = `${cache}/${CALM_BUILD}-${process.version}-${process.arch}${tagOf(flags)}`;
const directory = `${__dirname}/parts`;
const minute = 60 * 1000;
const hourOld = 60 * minute;
const monthsOld = 30 * 24 * hourOld;
/** So many versions and sets of flags keep their code; all commands of one are 60 MB. */
const mostFolders = 6;

/**
 * V8 refuses what it made under other flags, so each set of flags has a folder of its own. A small hash: to ask V8 for
 * its own one costs 5 ms.
 */
function tagOf(text) {
  if (text === "") return "";
  let hash = 0;
  for (const unit of text) hash = (hash * 31 + unit.codePointAt(0)) >>> 0;
  return `-${hash.toString(36)}`;
}

/** True for a folder that nobody else can have put anything into. */
function isOwn(path) {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isDirectory() === true && found.uid === process.getuid() && (found.mode & 0o022) === 0;
  } catch {
    return false; // something else is there, or a folder above is closed
  }
}

const hasHome = home.startsWith("/");
const readable = hasHome && isOwn(folder);

/** The bytes of a file, and how long ago it was written. */
function readWithAge(path) {
  const file = openSync(path);
  try {
    return { bytes: readFileSync(file), age: Date.now() - fstatSync(file).mtimeMs };
  } finally {
    closeSync(file);
  }
}

/** V8 takes a damaged cache for code and dies of it, so each is written twice and must be the same twice. */
function onceOf(twice) {
  const once = twice.subarray(0, twice.length / 2);
  return once.length > 0 && once.equals(twice.subarray(twice.length / 2)) ? once : undefined;
}

// V8 copies what does not lie at a multiple of this.
const alignment = 8;
const aligned = (length) => Math.ceil(length / alignment) * alignment;

/** The parts that a file of the cache holds; its first line tells how long the source and the code of each are. */
function unpack(bytes) {
  const end = bytes.indexOf("\n");
  const { written, lengths } = JSON.parse(bytes.latin1Slice(0, end));
  const parts = new Map();
  let at = aligned(end + 1);
  for (const [name, source, code] of lengths) {
    const middle = at + aligned(source);
    parts.set(name, {
      source: bytes.latin1Slice(at, at + source),
      code: bytes.subarray(middle, middle + code),
    });
    at = middle + aligned(code);
  }
  return { written, parts };
}

/** What a command has loaded when it ran before, sources and code of all its parts, which is one file to read. */
function openPack(name) {
  const nothing = { name, parts: new Map(), written: 0, stale: true };
  if (!readable) return nothing;
  try {
    const { bytes, age } = readWithAge(`${folder}/${name}`);
    const once = onceOf(bytes);
    if (once === undefined) return nothing;
    const { written, parts } = unpack(once);
    // Other arguments call other functions, whose code is learned from time to time, and ever more seldom.
    return { name, parts, written, stale: age > minute * 10 ** written };
  } catch {
    return nothing;
  }
}

function padded(bytes) {
  return Buffer.concat([bytes], aligned(bytes.length));
}

function writePack({ name, parts, written }) {
  const packed = [...parts].map(([part, { source, code, script }]) => ({
    part,
    source: Buffer.from(source, "latin1"),
    code: script?.createCachedData() ?? code,
  }));
  const lengths = packed.map(({ part, source, code }) => [part, source.length, code.length]);
  const head = Buffer.from(`${JSON.stringify({ written: written + 1, lengths })}\n`);
  const once = Buffer.concat([head, ...packed.flatMap(({ source, code }) => [source, code])].map(padded));
  const aside = `${folder}/${name}.${process.pid}-${process.hrtime.bigint()}`;
  try {
    writeFileSync(aside, Buffer.concat([once, once]), { mode: 0o600, flag: "wx" });
    renameSync(aside, `${folder}/${name}`);
  } finally {
    rmSync(aside, { force: true });
  }
}

const loaded = new Map();
// What every command loads has a pack of its own; in front of it comes that of the command, once it is known.
const packs = [openPack("main.js")];

function load(name) {
  const known = loaded.get(name);
  if (known) return known.exports;
  const module = { exports: {} };
  loaded.set(name, module);
  if (packs.length === 1 && name.endsWith(".command.js")) packs.unshift(openPack(name));
  const filename = `${directory}/${name}`;
  const pack = packs.find(({ parts }) => parts.has(name)) ?? packs[0];
  const part = pack.parts.get(name) ?? { source: readFileSync(filename, "latin1") };
  part.script = new Script(part.source, { filename, cachedData: part.code });
  if (part.code === undefined || part.script.cachedDataRejected) pack.stale = true;
  pack.parts.set(name, part);
  part.script.runInThisContext()(module.exports, requirePart, module, filename, directory);
  return module.exports;
}

function requirePart(request) {
  return request.startsWith("./") ? load(request.slice(2)) : require(request);
}

/** What lies in a folder, and how long ago it was last written, the youngest first. */
function byAge(path) {
  const found = readdirSync(path).map((name) => `${path}/${name}`);
  const ages = found.map((one) => ({ path: one, age: Date.now() - statSync(one).mtimeMs }));
  return ages.sort((one, other) => one.age - other.age);
}

function remove({ path }) {
  rmSync(path, { recursive: true, force: true });
}

/** Forgets what other versions, or other flags, left behind. */
function forgetOthers() {
  const old = ({ age }, place) => age > monthsOld || place >= mostFolders;
  byAge(cache).filter(old).forEach(remove);
}

/** Removes what processes were killed over while they wrote it. */
function forgetUnfinished() {
  const unfinished = ({ path, age }) => /\.\d+-\d+$/.test(path) && age > hourOld;
  byAge(folder).filter(unfinished).forEach(remove);
}

process.on("exit", () => {
  const stale = packs.filter((pack) => pack.stale);
  if (stale.length === 0 || !hasHome) return;
  try {
    if (!isOwn(home)) return;
    if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) forgetOthers();
    if (!isOwn(folder)) return;
    stale.forEach(writePack);
    forgetUnfinished();
  } catch {
    // A cache is a gift: a full disk or a read-only home costs milliseconds, not the command.
  }
});

load("main.js");
