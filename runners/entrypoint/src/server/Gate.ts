/** Whether the public port answers calls. Volatile: closed at every start, unless the release is the published one. */
export type GateState = 'open' | 'draining' | 'closed';

export const gateStates: readonly GateState[] = ['open', 'draining', 'closed'];

export function isGateState(value: unknown): value is GateState {
  return gateStates.some(state => state === value);
}

export class Gate {
  private current: GateState = 'closed';
  private calls = 0;
  private readonly listeners: Array<(state: GateState) => void> = [];

  get state(): GateState {
    return this.current;
  }

  /** Calls that came in through the gate and are not answered yet. */
  get inFlight(): number {
    return this.calls;
  }

  set(state: GateState): void {
    this.current = state;
    for (const listener of this.listeners) {
      listener(state);
    }
  }

  onChange(listener: (state: GateState) => void): void {
    this.listeners.push(listener);
  }

  enter(): void {
    this.calls++;
  }

  leave(): void {
    this.calls--;
  }
}
