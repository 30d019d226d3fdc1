import { statfsSync } from "node:fs";

/** Linux's numbers of file systems that another machine serves; statfs(2) has them. */
const served: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xfe534d42, "SMB"],
  [0xff534d42, "CIFS"],
  [0x01021997, "9p"],
  [0x00c36400, "Ceph"],
  [0x5346414f, "AFS"],
]);

/** The name of a network file system by its number in statfs(2), which may come with its sign; undefined for all others. */
export function networkFileSystem(type: number): string | undefined {
  return served.get(type >>> 0);
}

/** The network file system that a path lies on; undefined on a disk of this machine, and where the system cannot say. */
export function networkDiskOf(path: string): string | undefined {
  return networkFileSystem(statfsSync(path).type);
}
