import { spawnSync } from "node:child_process";
import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { World } from "../world.ts";
import type { Fault } from "./fault.ts";

/** What a command is started with, so that it meets a fault, and what is to be done after it. */
export interface Confined {
  readonly before: readonly string[];
  readonly after: () => void;
}

const free: Confined = { before: [], after: () => undefined };

/** Only the command sees the mount, which goes with it: nobody has to be root, and nothing can stay behind. */
const namespace = ["unshare", "--map-root-user", "--mount", "sh", "-ec"] as const;

/** Why this machine has no mounts of one's own; undefined where it has them. */
export function whyNoMounts(): string | undefined {
  const [command, ...args] = [...namespace, "mount -t tmpfs -o size=64k none /mnt"];
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  return status === 0 ? undefined : `no mounts of one's own here: ${error?.message ?? stderr.trim()}`;
}

/** Confines a command to a disk, to a length of files, or to reading. */
export function confine(world: World, fault: Fault | undefined): Confined {
  if (fault?.by === "limit") {
    // In blocks of 512 or of 1024 bytes, as the shell likes; bash takes the latter.
    return { ...free, before: ["bash", "-c", `ulimit -f ${fault.length}; exec "$@"`, "bash"] };
  }
  if (fault?.by === "readonly") {
    const place = join(world.folder, fault.place);
    const script = `mount --bind ${place} ${place}; mount -o remount,bind,ro ${place}; cd .; exec "$@"`;
    return { ...free, before: [...namespace, script, "sh"] };
  }
  return fault?.by === "disk" ? onSmallDisk(world, fault.free) : free;
}

/** Lets the world lie on a disk of its own, full but for some kilobytes; what came of it is brought back afterwards. */
function onSmallDisk(world: World, kilobytes: number): Confined {
  const outside = `${world.folder}.outside`;
  rmSync(outside, { recursive: true, force: true });
  // Once more: what a database that was closed leaves behind may go while it is copied.
  const script = `
    cp -a ${world.folder} ${outside} || { rm -rf ${outside}; cp -a ${world.folder} ${outside}; }
    size=$(($(du -sk ${outside} | cut -f1) + 4096))
    mount -t tmpfs -o size=\${size}k none ${world.folder}
    cp -a ${outside}/. ${world.folder}
    left=$(df -k --output=avail ${world.folder} | tail -1)
    head -c $(((left - ${kilobytes}) * 1024)) /dev/zero > ${world.folder}/filler
    cd ${world.repository}
    code=0; "$@" || code=$?
    rm ${world.folder}/filler
    rm -rf ${outside}
    cp -a ${world.folder} ${outside}
    exit $code`;
  return {
    before: [...namespace, script, "sh"],
    after: () => {
      if (!existsSync(outside)) return;
      rmSync(world.folder, { recursive: true });
      cpSync(outside, world.folder, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
      rmSync(outside, { recursive: true });
    },
  };
}
