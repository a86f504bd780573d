import { ENTRYPOINT, sourceOf } from '../workflows';
import type { ManifestNode } from './ManifestNode';

/** A node of a branching workflow, with the places of what it subscribes to. */
export interface Subscriber {
  name: string;
  at: ManifestNode;
  subscriptions: Array<{ at: ManifestNode; target: string }>;
}

function checkTargets(
  { name, subscriptions }: Subscriber,
  names: ReadonlySet<string>,
): void {
  for (const { at, target } of subscriptions) {
    const source = sourceOf(target);
    if (source === name) {
      at.report(
        'subscription-self',
        `the node "${name}" subscribes to itself`,
        {
          hint: 'subscribe to `entrypoint` or to another node',
        },
      );
    } else if (target !== ENTRYPOINT && !names.has(source)) {
      at.report(
        'unknown-subscription',
        `the node "${name}" subscribes to "${target}", which is not in the workflow`,
        {
          hint: at.suggest(
            source,
            [ENTRYPOINT, ...names],
            'name `entrypoint` or a node of the same workflow',
          ),
        },
      );
    }
  }
}

type Listeners = ReadonlyMap<string, readonly string[]>;

/** Who gets the messages of whom. */
function listenersOf(subscribers: readonly Subscriber[]): Listeners {
  const listeners = new Map<string, string[]>();
  for (const { name, subscriptions } of subscribers) {
    for (const { target } of subscriptions) {
      const source = sourceOf(target);
      const known = listeners.get(source);
      if (known) known.push(name);
      else listeners.set(source, [name]);
    }
  }
  return listeners;
}

/** Names that messages of a node get to, directly or through others. */
function reachableFrom(start: string, listeners: Listeners): Set<string> {
  const reached = new Set<string>();
  const pending = [start];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const name of listeners.get(next) ?? []) {
      if (!reached.has(name)) {
        reached.add(name);
        pending.push(name);
      }
    }
  }
  return reached;
}

/** Checks that messages get from the entrypoint to every node and to the exitpoint. */
export function checkGraph(options: {
  workflow: string;
  subscribers: readonly Subscriber[];
  exitpoint?: { at: ManifestNode; name: string };
}): void {
  const { workflow, subscribers, exitpoint } = options;
  const names = new Set(subscribers.map(({ name }) => name));
  for (const subscriber of subscribers) checkTargets(subscriber, names);
  if (exitpoint && !names.has(exitpoint.name)) {
    exitpoint.at.report(
      'unknown-exitpoint',
      `exitpoint node "${exitpoint.name.slice(
        0,
        80,
      )}" not found in workflow "${workflow}" nodes`,
      {
        hint: exitpoint.at.suggest(
          exitpoint.name,
          names,
          'name a node of the workflow',
        ),
      },
    );
  }
  const listeners = listenersOf(subscribers);
  const reached = reachableFrom(ENTRYPOINT, listeners);
  for (const { name, at, subscriptions } of subscribers) {
    // A node without subscriptions has been told so.
    if (reached.has(name) || subscriptions.length === 0) continue;
    if (name === exitpoint?.name) {
      exitpoint.at.report(
        'exitpoint-unreachable',
        `no message of the entrypoint gets to the exitpoint "${name}"`,
        { hint: 'subscribe to a node that leads to it' },
      );
    } else {
      at.report(
        'node-unreachable',
        `no message of the entrypoint gets to the node "${name}"`,
        {
          hint: 'subscribe to `entrypoint` or to a node that gets its messages',
        },
      );
    }
  }
  const first = subscribers.find(
    ({ name }) =>
      listeners.get(name)?.some(listener => listener !== name) &&
      reachableFrom(name, listeners).has(name),
  );
  first?.at.report(
    'subscription-cycle',
    `messages of the workflow "${workflow}" can go in a circle through "${first.name}"`,
    {
      severity: 'warning',
      hint: 'make sure that the circle ends, for example by a channel that is not always sent to',
    },
  );
}
