import { Play, type Scene } from './Play';
import type { Command } from './spec/commands';
import type { Stage } from './stage/Stage';

const by = { by: 'olga', runtime: 'prices' } as const;
const comment = 'To begin with';

const upload = (version: string, ...keys: string[]): Command => ({
  ...by,
  do: 'upload',
  version,
  keys,
});

const publish = (version: string): Command => ({
  ...by,
  do: 'start',
  version,
  comment,
  publishWhenReady: true,
});

/** What is done before a run begins, each after what is above. */
const SCENES: Array<{ name: string; commands: Command[] }> = [
  { name: 'nothing is there', commands: [] },
  {
    name: 'prices has v1, configured, and v2',
    commands: [
      { ...by, do: 'create runtime' },
      upload('v1', 'CURRENCY'),
      upload('v2'),
      {
        ...by,
        do: 'configure',
        version: 'v1',
        comment,
        values: { CURRENCY: 'EUR' },
        confirm: [],
        replace: 'beside',
      },
    ],
  },
  {
    name: 'prices has v1, published, and v2, which was before',
    commands: [publish('v2'), publish('v1')],
  },
];

/** Plays what leads to each scene, once. */
export async function makeScenes(stage: Stage): Promise<Scene[]> {
  const scenes: Scene[] = [];
  for (const { name, commands } of SCENES) {
    const play = await Play.begin(stage, scenes.at(-1) ?? { name });
    for (const command of commands) {
      await play.ask([command], false);
      await play.rest();
    }
    scenes.push(commands.length === 0 ? { name } : await play.keep(name));
  }
  return scenes;
}
