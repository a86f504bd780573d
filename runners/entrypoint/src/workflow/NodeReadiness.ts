import { setTimeout as pause } from 'node:timers/promises';
import { NodeClient } from './NodeClient';

const firstPause = 50;
const maxPause = 1_000;

/** Asks every node until it was ready once. */
export class NodeReadiness {
  private readonly waiting: Set<string>;
  private readonly controller = new AbortController();

  constructor(private readonly nodes: NodeClient[]) {
    this.waiting = new Set(nodes.map(({ name }) => name));
  }

  start(): void {
    for (const node of this.nodes) {
      this.waitFor(node).catch(() => {
        // Stopped.
      });
    }
  }

  stop(): void {
    this.controller.abort();
  }

  /** Names of the nodes that were never ready. */
  waitingFor(): string[] {
    return [...this.waiting];
  }

  private async waitFor(node: NodeClient): Promise<void> {
    const { signal } = this.controller;
    for (
      let delay = firstPause;
      !(await node.isReady());
      delay = Math.min(delay * 1.5, maxPause)
    ) {
      await pause(delay, undefined, { signal });
    }
    this.waiting.delete(node.name);
  }
}
