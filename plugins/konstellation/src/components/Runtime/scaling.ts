import {
  MAX_REPLICAS,
  type GpuSettings,
  type NodeScaling,
  type ScalingSettings,
} from '@konstellation/backstage-plugin-konstellation-common';

const NODE_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const WHOLE = /^[1-9]\d*$/;
const MAX_GPUS = 64;
const RESOURCE =
  /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;

/** Texts of the fields of one row; empty where nothing is said. */
export interface ScalingRow {
  least: string;
  /** Empty for a fixed number. */
  most: string;
  /** Percent. */
  cpu: string;
}

/** What is typed: of all nodes, and of those that differ, by name. */
export interface ScalingDraft {
  all: ScalingRow;
  nodes: Record<string, ScalingRow>;
}

/** Fields of a row that are wrong. */
export type ScalingFault = keyof ScalingRow;

export const EMPTY_ROW: ScalingRow = { least: '', most: '', cpu: '' };

const textOf = (value: number | undefined) =>
  value === undefined ? '' : String(value);

function rowOf({ replicas, autoscaling }: NodeScaling): ScalingRow {
  return {
    least: textOf(replicas ?? autoscaling?.min),
    most: textOf(autoscaling?.max),
    cpu: textOf(autoscaling?.cpu),
  };
}

export function scalingDraft(scaling: ScalingSettings = {}): ScalingDraft {
  return {
    all: rowOf(scaling),
    nodes: Object.fromEntries(
      Object.entries(scaling.nodes ?? {}).map(([name, node]) => [
        name,
        rowOf(node),
      ]),
    ),
  };
}

function isWithin(text: string, least: number, most: number): boolean {
  return WHOLE.test(text) && Number(text) >= least && Number(text) <= most;
}

/** The first field of a row that is wrong. */
export function scalingFault(row: ScalingRow): ScalingFault | undefined {
  const { least, most, cpu } = row;
  if (least !== '' && !isWithin(least, 1, MAX_REPLICAS)) return 'least';
  if (most === '') return undefined;
  if (!isWithin(most, Math.max(Number(least), 2), MAX_REPLICAS)) return 'most';
  return cpu === '' || isWithin(cpu, 1, 100) ? undefined : 'cpu';
}

export function isScaling({ all, nodes }: ScalingDraft): boolean {
  return [all, ...Object.values(nodes)].every(row => !scalingFault(row));
}

export function isNodeName(text: string): boolean {
  return NODE_NAME.test(text);
}

function toNode(
  { least, most, cpu }: ScalingRow,
  before: NodeScaling = {},
): NodeScaling {
  // How pods are replaced is set another way, and stays.
  const kept = before.rollout ? { rollout: before.rollout } : {};
  if (most === '') {
    return least === '' ? kept : { ...kept, replicas: Number(least) };
  }
  return {
    ...kept,
    autoscaling: {
      ...(least === '' ? {} : { min: Number(least) }),
      max: Number(most),
      ...(cpu === '' ? {} : { cpu: Number(cpu) }),
    },
  };
}

/** @param before - the settings as they are, of which what is not edited here stays */
export function toScaling(
  { all, nodes }: ScalingDraft,
  before: ScalingSettings = {},
): ScalingSettings {
  const entries = Object.entries(nodes)
    .map(([name, row]) => [name, toNode(row, before.nodes?.[name])] as const)
    .filter(([, node]) => Object.keys(node).length > 0);
  return {
    ...toNode(all, before),
    ...(entries.length > 0 ? { nodes: Object.fromEntries(entries) } : {}),
  };
}

/** Texts of the fields for GPUs. */
export interface GpuDraft {
  resource: string;
  count: string;
}

export function gpuDraft({ resource, count }: GpuSettings = {}): GpuDraft {
  return { resource: resource ?? '', count: textOf(count) };
}

/** Fields for GPUs that are wrong. */
export function gpuFault({
  resource,
  count,
}: GpuDraft): keyof GpuDraft | undefined {
  if (resource !== '' && !RESOURCE.test(resource)) return 'resource';
  return count === '' || isWithin(count, 1, MAX_GPUS) ? undefined : 'count';
}

/** @param before - the settings as they are, of which what is not edited here stays */
export function toGpu(
  { resource, count }: GpuDraft,
  { tolerations, nodeSelector }: GpuSettings = {},
): GpuSettings {
  return {
    ...(resource === '' ? {} : { resource }),
    ...(count === '' ? {} : { count: Number(count) }),
    ...(tolerations ? { tolerations } : {}),
    ...(nodeSelector ? { nodeSelector } : {}),
  };
}
