import {
  collectDefaultMetrics,
  Counter,
  Histogram,
  Registry,
} from 'prom-client';

/** What the metrics port shows. */
export interface Metrics {
  callEnded(rpc: string, code: string, seconds: number): void;
  nodeAnswered(workflow: string, node: string, seconds: number): void;
  /** Prometheus text. */
  text(): Promise<string>;
  readonly contentType: string;
}

const buckets = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** @param labels - on every series */
export function createMetrics(labels: Record<string, string>): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const calls = new Counter({
    name: 'konstellation_calls_total',
    help: 'Calls answered, by rpc and code (ok or the name of the error)',
    labelNames: ['rpc', 'code'],
    registers,
  });
  const callSeconds = new Histogram({
    name: 'konstellation_call_duration_seconds',
    help: 'Time from a call to its answer',
    labelNames: ['rpc'],
    buckets,
    registers,
  });
  const nodeSeconds = new Histogram({
    name: 'konstellation_node_duration_seconds',
    help: 'Time from the call of a node to its answer',
    labelNames: ['workflow', 'node'],
    buckets,
    registers,
  });
  return {
    callEnded(rpc, code, seconds) {
      calls.inc({ rpc, code });
      callSeconds.observe({ rpc }, seconds);
    },
    nodeAnswered(workflow, node, seconds) {
      nodeSeconds.observe({ workflow, node }, seconds);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
