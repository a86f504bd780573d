import { dirname, join } from 'node:path';

/** A line of the table: how images that match are played. */
export interface PlayableImage {
  /** `*` stands for anything. */
  match: string;
  command: string[];
}

function packageDirectory(name: string): string {
  return dirname(require.resolve(`${name}/package.json`));
}

/** Our own runners. */
export function defaultImages(): PlayableImage[] {
  const bundle = (name: string) =>
    join(packageDirectory(name), 'dist', 'main.cjs');
  return [
    {
      match: '*konstellation/entrypoint:*',
      command: [process.execPath, bundle('@konstellation/runner-entrypoint')],
    },
    {
      match: '*konstellation/krt-fetch:*',
      command: [process.execPath, bundle('@konstellation/krt-fetch')],
    },
    {
      match: '*konstellation/node:*',
      command: [process.execPath, bundle('@konstellation/runner-node')],
    },
    {
      match: '*konstellation/python:*',
      command: [
        'python3',
        join(packageDirectory('@konstellation/runner-python'), 'krt_runner'),
      ],
    },
  ];
}

/** @returns the command, or undefined for an image that cannot be played */
export function commandOf(
  images: readonly PlayableImage[],
  image: string,
): string[] | undefined {
  return images.find(({ match }) => {
    const parts = match
      .split('*')
      .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`).test(image);
  })?.command;
}
