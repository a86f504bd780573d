import type { Output } from './Output';
import { formatBytes } from './table';

const BAR_WIDTH = 30;

interface Progress {
  /** Bytes. */
  sent: number;
  total: number;
}

/** `12.0 MiB of 512.0 MiB, 38.1 MiB/s, 13 s left` */
function textOf(
  { sent, total }: Progress,
  began: { at: number; sent: number },
) {
  const seconds = (performance.now() - began.at) / 1_000;
  const speed = seconds > 0 ? (sent - began.sent) / seconds : 0;
  return [
    `${formatBytes(sent)} of ${formatBytes(total)}`,
    ...(speed > 0
      ? [
          `${formatBytes(Math.round(speed))}/s`,
          `${Math.ceil((total - sent) / speed)} s left`,
        ]
      : []),
  ].join(', ');
}

/** Shows how an upload gets on: a bar where somebody watches, else a line for each tenth of it. */
export function uploadProgress(output: Output): (progress: Progress) => void {
  let began: { at: number; sent: number } | undefined;
  let tenths = -1;
  return progress => {
    // What an earlier attempt has sent does not count for the speed.
    began ??= { at: performance.now(), sent: progress.sent };
    const share = progress.total > 0 ? progress.sent / progress.total : 1;
    const text = textOf(progress, began);
    if (output.isWatched) {
      const bar = '━'.repeat(Math.round(share * BAR_WIDTH));
      output.progress(`${bar.padEnd(BAR_WIDTH, '─')} ${text}`);
    } else if (Math.floor(share * 10) > tenths) {
      tenths = Math.floor(share * 10);
      output.note(text);
    }
  };
}
