import fc from 'fast-check';
import { is, name, runtime, weighted } from './arbitraries';
import type { Play } from './Play';
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

const by = weighted<Person>(
  [8, 'olga'],
  [4, 'ci'],
  [1, 'pat'],
  [1, 'max'],
  [1, 'vera'],
);
const solution = weighted<string | undefined>([4, undefined], [1, 'second']);
const comment = weighted([8, 'Because'], [8, 'It is time'], [1, ' ']);
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

/** People ask for something that makes sense, mostly. */
export const asks = fc
  .record({
    commands: fc.oneof(
      { weight: 8, arbitrary: fc.tuple(command) },
      { weight: 1, arbitrary: together },
    ),
    isPrompt: fc.boolean(),
    isStubborn: weighted([5, false], [1, true]),
  })
  .map(({ commands, ...options }) => new Ask(commands, options));
