import { expect, test } from "vitest";
import { networkFileSystem } from "./network-disk.ts";

test("D15: file systems that another machine serves are told from disks, also by a number with a sign", () => {
  const names = [0x6969, 0xff534d42, 0xff534d42 | 0, 0xfe534d42, 0x01021997].map(networkFileSystem);
  expect(names).toEqual(["NFS", "CIFS", "CIFS", "SMB", "9p"]);
  // ext4, btrfs, xfs, tmpfs, overlayfs
  const disks = [0xef53, 0x9123683e, 0x58465342, 0x01021994, 0x794c7630];
  expect(disks.map(networkFileSystem)).toEqual(disks.map(() => undefined));
});
