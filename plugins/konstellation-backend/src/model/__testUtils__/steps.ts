import fc from 'fast-check';
import type { Behaviour } from '../../__testUtils__/simulation/behaviours';
import { KINDS } from '../../__testUtils__/simulation/objects';
import { LABELS } from '../../manifests/naming';
import type { Play } from './Play';
import { readRows } from './rows';
import { ACCEPTED, NO_RUNTIME, UNCHANGED } from './spec/answers';
import { sentence, type Command } from './spec/commands';
import type { Person } from './spec/people';
import { KEYS } from './stage/packages';

/** One step of a run; the model is part of the play. */
export type Step = fc.AsyncCommand<Play, Play>;

const RUNTIMES = ['prices', 'offers'];
const VERSIONS = ['v1', 'v2', 'v3'];

/** The same command for others, those that come first in it first. */
function alternatives(command: Command): Command[] {
  const from = <T>(all: T[], first: T) => [
    first,
    ...all.filter(each => each !== first),
  ];
  return from(RUNTIMES, command.runtime).flatMap((place): Command[] => {
    switch (command.do) {
      case 'create runtime':
      case 'change runtime':
      case 'delete runtime':
      case 'create solution':
      case 'delete solution':
        return [{ ...command, runtime: place }];
      case 'roll back':
        return from([undefined, 0, 1, 2, 3], command.to).map(to => ({
          ...command,
          runtime: place,
          to,
        }));
      default:
        return from(VERSIONS, command.version).map(of => ({
          ...command,
          runtime: place,
          version: of,
        }));
    }
  });
}

/** People ask for something: one, or several at once. */
class Ask implements Step {
  constructor(
    private readonly commands: Command[],
    private readonly options: {
      /** The next step follows while what this one sets off goes on. */
      isPrompt: boolean;
      /** Asks also for what is going to be refused, instead of finding something for which it can be asked. */
      isStubborn: boolean;
    },
  ) {}

  check(play: Readonly<Play>): boolean {
    return this.#find(play) !== undefined;
  }

  async run(_: Play, play: Play): Promise<void> {
    const commands = this.#find(play) ?? this.commands;
    const text = this.#text(commands);
    play.story.push(text);
    const answers = await play.ask(commands, this.options.isPrompt);
    play.story.pop();
    play.story.push(`${text} → ${answers.join(' | ')}`);
  }

  toString(): string {
    return this.#text(this.commands);
  }

  #text(commands: Command[]): string {
    const text = commands.map(sentence).join(', and at the same time ');
    return this.options.isPrompt ? `${text}; at once` : text;
  }

  /** What makes sense to ask for now. */
  #find(play: Readonly<Play>): Command[] | undefined {
    const found = this.commands.map(command => {
      if (this.options.isStubborn) {
        return play.answers(command).has(NO_RUNTIME) ? undefined : command;
      }
      const possible = alternatives(command);
      const isAnswered = (answer: string) => (each: Command) =>
        play.answers(each).has(answer);
      return (
        possible.find(isAnswered(ACCEPTED)) ??
        possible.find(isAnswered(UNCHANGED))
      );
    });
    const commands = found.filter(command => command !== undefined);
    return commands.length === found.length ? commands : undefined;
  }
}

/** Something that nobody asked the service for. */
class Happening implements Step {
  constructor(
    private readonly text: string,
    private readonly happens: (play: Play) => Promise<void> | void,
    private readonly isPossible: (play: Readonly<Play>) => boolean = () => true,
  ) {}

  check(play: Readonly<Play>): boolean {
    return this.isPossible(play);
  }

  async run(_: Play, play: Play): Promise<void> {
    play.story.push(this.text);
    await this.happens(play);
  }

  toString(): string {
    return this.text;
  }
}

function weighted<T>(...options: Array<[number, T]>): fc.Arbitrary<T> {
  return fc.oneof(
    ...options.map(([weight, value]) => ({
      weight,
      arbitrary: fc.constant(value),
    })),
  );
}

const is = <T>(value: T) => fc.constant(value);

const by = weighted<Person>(
  [8, 'olga'],
  [4, 'ci'],
  [1, 'pat'],
  [1, 'max'],
  [1, 'vera'],
);
const runtime = weighted([6, 'prices'], [1, 'offers']);
const version = weighted([3, 'v1'], [2, 'v2'], [1, 'v3']);
const solution = weighted<string | undefined>([4, undefined], [1, 'second']);
const comment = weighted([8, 'Because'], [8, 'It is time'], [1, ' ']);
const name = { runtime, version };
const currency = weighted([4, 'EUR'], [4, 'USD'], [4, 'CAD'], [1, '']);
const token = weighted([6, 'secret'], [1, '']);
const values = fc.oneof(
  { weight: 8, arbitrary: fc.record({ CURRENCY: currency }) },
  { weight: 3, arbitrary: fc.record({ CURRENCY: currency, TOKEN: token }) },
  { weight: 1, arbitrary: is({}) },
  { weight: 1, arbitrary: fc.record({ COLOUR: is('red') }) },
);

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ by, runtime, do: is('create runtime' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      by,
      runtime,
      do: is('change runtime' as const),
      isOpen: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      by,
      runtime,
      comment,
      do: is('delete runtime' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      by,
      runtime,
      do: is('create solution' as const),
      solution: is('second'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      by,
      runtime,
      comment,
      do: is('delete solution' as const),
      solution: weighted([3, 'second'], [1, 'prices']),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      by,
      ...name,
      do: is('upload' as const),
      keys: fc.constantFrom(...KEYS),
      solution,
    }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      by,
      ...name,
      comment,
      do: is('configure' as const),
      values,
      confirm: weighted<string[]>(
        [8, []],
        [2, ['CURRENCY']],
        [1, ['CURRENCY', 'TOKEN']],
      ),
      replace: weighted<'beside' | 'pause'>([3, 'beside'], [1, 'pause']),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      by,
      ...name,
      comment,
      do: is('start' as const),
      publishWhenReady: weighted([2, false], [1, true]),
    }),
  },
  {
    weight: 18,
    arbitrary: fc.record({
      by,
      ...name,
      comment,
      do: weighted<'stop' | 'publish' | 'unpublish' | 'delete'>(
        [4, 'stop'],
        [8, 'publish'],
        [3, 'unpublish'],
        [3, 'delete'],
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      by,
      runtime,
      comment,
      do: is('roll back' as const),
      solution,
      to: fc.option(fc.nat(3), { nil: undefined }),
    }),
  },
);

/** Two that the log tells apart. What is rolled back to by default depends on what the other command does just now. */
const together = fc
  .tuple(command, command)
  .filter(
    ([one, other]) =>
      (one.by !== other.by || one.do !== other.do) &&
      ![one, other].some(each => each.do === 'roll back'),
  );

const asks = fc
  .record({
    commands: fc.oneof(
      { weight: 8, arbitrary: fc.tuple(command) },
      { weight: 1, arbitrary: together },
    ),
    isPrompt: fc.boolean(),
    isStubborn: weighted([5, false], [1, true]),
  })
  .map(({ commands, ...options }) => new Ask(commands, options));

const rests = is(
  new Happening(
    'everything comes to rest',
    play => play.rest(),
    ({ stage }) => stage.isReachable,
  ),
);

/** Right after deadlines, and long before. */
const passes = fc.constantFrom(30, 600, 2_100, 3_100, 4_100, 5_100, 6_100).map(
  millis =>
    new Happening(`${millis} ms pass`, async play => {
      await play.stage.pass(millis);
      await play.follow();
    }),
);

const TROUBLES: Array<[string, Behaviour]> = [
  ['does not get ready', { is: 'unready' }],
  ['crashes', { is: 'crashing', exitCode: 3, message: 'KeyError: CURRENCY' }],
];

/** Only what has yet to start meets these. */
const TROUBLES_AT_START: Array<[string, Behaviour]> = [
  ['finds no place', { is: 'unschedulable', message: '0/3 nodes' }],
  ['cannot be pulled', { is: 'unpullable', message: 'no such image' }],
  ['cannot fetch its package', { is: 'unfetchable', exitCode: 1 }],
];

const node = fc.constantFrom('model', 'entrypoint');

const troubles = fc
  .record({ ...name, node, trouble: fc.constantFrom(...TROUBLES) })
  .map(
    ({ node: of, trouble: [text, behaviour], ...which }) =>
      new Happening(
        `from now on ${of} of ${which.version} in ${which.runtime} ${text}`,
        play => {
          play.disturb();
          play.troubles.say(which, behaviour, of);
        },
        ({ model }) =>
          model.version(which.runtime, which.version) !== undefined,
      ),
  );

const troublesOfNext = fc
  .record({
    ...name,
    node,
    trouble: fc.constantFrom(...TROUBLES, ...TROUBLES_AT_START),
  })
  .map(
    ({ node: of, trouble: [text, behaviour], ...which }) =>
      new Happening(
        `${of} of the next revision of ${which.version} in ${which.runtime} ${text}`,
        async play => {
          const found = play.model.version(which.runtime, which.version);
          if (!found) return;
          play.disturb();
          const rows = await play.stage.read(readRows);
          play.troubles.sayOfNext(found, rows, behaviour, of);
        },
        ({ model }) =>
          model.version(which.runtime, which.version) !== undefined,
      ),
  );

const mends = fc.record(name).map(
  which =>
    new Happening(
      `${which.version} in ${which.runtime} is mended`,
      play => {
        play.disturb();
        play.troubles.say(which, { is: 'ready' });
      },
      play => play.troubles.has(which),
    ),
);

/** Pods in an order that does not depend on how they came to be. */
async function podsOf({ stage }: Play) {
  const pods = await stage.cluster.list(KINDS.pod);
  const keyed = pods.map(({ metadata }) => {
    const { namespace = '', name: pod, labels = {} } = metadata;
    const of = [labels[LABELS.version], labels[LABELS.node]];
    return { namespace, name: pod, key: [namespace, ...of, pod].join(' ') };
  });
  return keyed.sort((a, b) => a.key.localeCompare(b.key));
}

const pods = fc
  .record({ at: fc.nat(5), how: fc.constantFrom('restarted', 'removed') })
  .map(
    ({ at, how }) =>
      new Happening(
        `pod ${at} is ${how}`,
        async play => {
          const found = await podsOf(play);
          const pod = found[at % found.length];
          if (!pod) return;
          play.disturb();
          const { cluster } = play.stage;
          if (how === 'restarted') cluster.restartPod(pod);
          else await cluster.delete({ ...KINDS.pod, ...pod });
        },
        ({ model }) =>
          model.runtimes
            .flatMap(({ solutions }) => solutions)
            .flatMap(({ versions }) => versions)
            .some(({ running }) => running !== undefined),
      ),
  );

const cluster = weighted(
  [
    1,
    new Happening('the cluster lists everything again', ({ stage }) =>
      stage.cluster.relist(),
    ),
  ],
  [
    2,
    new Happening(
      'the cluster gets out of reach',
      play => {
        play.disturb();
        play.stage.isReachable = false;
      },
      ({ stage }) => stage.isReachable,
    ),
  ],
  [
    4,
    new Happening(
      'the cluster is reached again',
      play => {
        play.stage.isReachable = true;
      },
      ({ stage }) => !stage.isReachable,
    ),
  ],
);

const restarts = fc.constantFrom('stopped' as const, 'killed' as const).map(
  how =>
    new Happening(`the portal is ${how} and starts again`, async play => {
      play.disturb();
      await play.stage.restart(how);
    }),
);

/** All there is, as often as it should come. */
export const steps: fc.Arbitrary<Step> = fc.oneof<
  Array<fc.WeightedArbitrary<Step>>
>(
  { weight: 80, arbitrary: asks },
  { weight: 8, arbitrary: rests },
  { weight: 3, arbitrary: passes },
  { weight: 3, arbitrary: mends },
  { weight: 2, arbitrary: troubles },
  { weight: 1, arbitrary: troublesOfNext },
  { weight: 2, arbitrary: pods },
  { weight: 2, arbitrary: cluster },
  { weight: 2, arbitrary: restarts },
);
