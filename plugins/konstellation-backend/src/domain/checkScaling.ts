import {
  MAX_REPLICAS,
  type NodeScaling,
  type RolloutSettings,
  type ScalingSettings,
} from '@konstellation/backstage-plugin-konstellation-common';
import { SettingsError } from './SettingsError';

const NODE_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const MAX_NODES = 200;
const PERCENTAGE = /^(\d{1,3})%$/;

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** Pods, or percent of them; undefined where it is neither. */
function amountOf(value: number | string): number | undefined {
  if (typeof value === 'number') {
    return isWithin(value, 0, MAX_REPLICAS) ? value : undefined;
  }
  const percent = Number(PERCENTAGE.exec(value)?.[1] ?? -1);
  return isWithin(percent, 0, 100) ? percent : undefined;
}

function checkRollout(where: string, rollout: RolloutSettings): void {
  const names = ['maxSurge', 'maxUnavailable'] as const;
  for (const name of names) {
    if (amountOf(rollout[name]) !== undefined) continue;
    throw new SettingsError(
      'rollout',
      `${where}.${name}`,
      `"${rollout[name]}" must be a number of pods, such as 1, or a percentage of them, such as 25%`,
    );
  }
  if (names.every(name => amountOf(rollout[name]) === 0)) {
    throw new SettingsError(
      'rollout',
      where,
      'maxSurge and maxUnavailable cannot both be 0, as no pod could be replaced then: let one of them be 1',
    );
  }
}

function checkAutoscaling(
  where: string,
  { min = 1, max, cpu }: NonNullable<NodeScaling['autoscaling']>,
): void {
  if (!isWithin(min, 1, MAX_REPLICAS)) {
    throw new SettingsError(
      'scaling-bounds',
      `${where}.min`,
      `${min} must be a whole number from 1 to ${MAX_REPLICAS}`,
    );
  }
  if (!isWithin(max, Math.max(min, 2), MAX_REPLICAS)) {
    throw new SettingsError(
      'scaling-bounds',
      `${where}.max`,
      `${max} must be a whole number from ${Math.max(
        min,
        2,
      )} to ${MAX_REPLICAS}, and not less than min; for a fixed number set replicas instead of autoscaling`,
    );
  }
  if (cpu !== undefined && !isWithin(cpu, 1, 100)) {
    throw new SettingsError(
      'scaling-cpu',
      `${where}.cpu`,
      `${cpu} must be a whole number of percent from 1 to 100`,
    );
  }
}

function checkNode(where: string, scaling: NodeScaling): void {
  const { replicas, autoscaling, rollout } = scaling;
  if (replicas !== undefined && autoscaling) {
    throw new SettingsError(
      'scaling-ambiguous',
      where,
      'has replicas and autoscaling: set replicas for a fixed number, or autoscaling with min and max',
    );
  }
  if (replicas !== undefined && !isWithin(replicas, 1, MAX_REPLICAS)) {
    throw new SettingsError(
      'scaling-replicas',
      `${where}.replicas`,
      `${replicas} must be a whole number from 1 to ${MAX_REPLICAS}; stop the version to run none`,
    );
  }
  if (autoscaling) checkAutoscaling(`${where}.autoscaling`, autoscaling);
  if (rollout) checkRollout(`${where}.rollout`, rollout);
}

/**
 * @param where - the setting with the overrides, such as `scaling.nodes`
 * @throws SettingsError for too many of them, and for what no node can be called
 */
export function checkNodeNames(where: string, nodes: object): void {
  const names = Object.keys(nodes);
  if (names.length > MAX_NODES) {
    throw new SettingsError(
      'too-many',
      where,
      `has ${names.length} nodes, ${MAX_NODES} are the most`,
    );
  }
  const wrong = names.find(name => !NODE_NAME.test(name));
  if (wrong !== undefined) {
    throw new SettingsError(
      'node-name',
      where,
      `"${wrong.slice(
        0,
        60,
      )}" is not the name of a node: write it as krt.yml does, or entrypoint`,
    );
  }
}

/** @throws SettingsError naming the setting that is wrong */
export function checkScaling(scaling: ScalingSettings): void {
  const { nodes = {}, ...all } = scaling;
  checkNode('scaling', all);
  checkNodeNames('scaling.nodes', nodes);
  for (const [name, node] of Object.entries(nodes)) {
    checkNode(`scaling.nodes.${name}`, node);
  }
}
