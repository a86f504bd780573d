import { readdir, readFile } from 'node:fs/promises';

const PAGE = 4096;
const TICKS_PER_SECOND = 100;

interface Sample {
  at: number;
  ticks: number;
}

const before = new Map<number, Sample>();

/**
 * Memory and cores of a process group, from the process table (proc(5)). The cores are those since it was last asked.
 * @returns undefined where there is no such table, or no such process
 */
export async function readUsage(
  group: number,
): Promise<{ cpu: number; memory: number } | undefined> {
  let names: string[];
  try {
    names = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  } catch {
    return undefined;
  }
  let ticks = 0;
  let pages = 0;
  let found = false;
  await Promise.all(
    names.map(async name => {
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // Fields from the state on: pgrp, utime, stime and rss are the 5th, 14th, 15th and 24th of the line.
      if (Number(fields[2]) !== group) return;
      found = true;
      ticks += Number(fields[11]) + Number(fields[12]);
      pages += Number(fields[21]);
    }),
  );
  if (!found) return undefined;
  const now = { at: Date.now(), ticks };
  const last = before.get(group);
  before.set(group, now);
  const seconds = last ? (now.at - last.at) / 1_000 : 0;
  return {
    memory: pages * PAGE,
    cpu:
      last && seconds > 0
        ? Math.max(0, (ticks - last.ticks) / TICKS_PER_SECOND / seconds)
        : 0,
  };
}
