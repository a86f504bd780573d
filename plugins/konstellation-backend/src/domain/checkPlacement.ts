import type {
  GpuSettings,
  NodePlacement,
  PlacementSettings,
  Toleration,
} from '@konstellation/backstage-plugin-konstellation-common';
import { checkNodeNames } from './checkScaling';
import { isLabel, isLabelKey, isLabelValue } from './labels';
import { SettingsError } from './SettingsError';

const MAX_TOLERATIONS = 32;
const MAX_LABELS = 32;
const MAX_GPUS = 64;

/** A domain and a name, as extended resources have them: `nvidia.com/gpu`. */
const RESOURCE =
  /^(?=.{1,253}$)[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;
/** Of Kubernetes itself: what is called like this is no extended resource. */
const OWN_RESOURCE = /(^|\.)kubernetes\.io\//;

function checkToleration(where: string, toleration: Toleration): void {
  const { key, operator = 'Equal', value, effect } = toleration;
  const problem = () => {
    if (key === undefined && operator === 'Equal') {
      return 'needs the key of the taint; operator Exists without a key tolerates every taint';
    }
    if (key !== undefined && !isLabelKey(key)) {
      return `"${key.slice(0, 100)}" is not the key of a taint`;
    }
    if (operator === 'Exists' && value) {
      return 'has a value, which operator Exists does not look at: leave it out, or use operator Equal';
    }
    if (value !== undefined && !isLabelValue(value)) {
      return `"${value.slice(0, 100)}" is not the value of a taint`;
    }
    const { tolerationSeconds } = toleration;
    return tolerationSeconds !== undefined && effect !== 'NoExecute'
      ? 'tolerationSeconds goes with effect NoExecute only'
      : undefined;
  };
  const found = problem();
  if (found) throw new SettingsError('toleration', where, found);
}

function checkPlace(
  where: string,
  { nodeSelector = {}, tolerations = [] }: NodePlacement,
): void {
  const labels = Object.entries(nodeSelector);
  if (labels.length > MAX_LABELS || tolerations.length > MAX_TOLERATIONS) {
    throw new SettingsError(
      'too-many',
      where,
      `at most ${MAX_LABELS} labels and ${MAX_TOLERATIONS} tolerations are allowed`,
    );
  }
  for (const [key, value] of labels) {
    if (isLabel(key, value)) continue;
    throw new SettingsError(
      'label',
      `${where}.nodeSelector`,
      `"${key}: ${value}" is not a label of Kubernetes`,
    );
  }
  tolerations.forEach((toleration, at) =>
    checkToleration(`${where}.tolerations[${at}]`, toleration),
  );
}

/** @throws SettingsError naming the setting that is wrong */
export function checkPlacement(placement: PlacementSettings): void {
  const { nodes = {}, ...all } = placement;
  checkPlace('placement', all);
  checkNodeNames('placement.nodes', nodes);
  for (const [name, node] of Object.entries(nodes)) {
    checkPlace(`placement.nodes.${name}`, node);
  }
}

/**
 * @param where - what it is called there: `gpu`, or the key of the configuration
 * @throws SettingsError naming the setting that is wrong
 */
export function checkGpu(where: string, gpu: GpuSettings): void {
  const { resource, count } = gpu;
  if (
    resource !== undefined &&
    (!RESOURCE.test(resource) || OWN_RESOURCE.test(resource))
  ) {
    throw new SettingsError(
      'gpu-resource',
      `${where}.resource`,
      `"${resource.slice(
        0,
        100,
      )}" is not the name of an extended resource, such as nvidia.com/gpu`,
    );
  }
  if (
    count !== undefined &&
    !(Number.isInteger(count) && count >= 1 && count <= MAX_GPUS)
  ) {
    throw new SettingsError(
      'gpu-count',
      `${where}.count`,
      `${count} must be a whole number from 1 to ${MAX_GPUS}: GPUs cannot be had in parts`,
    );
  }
  checkPlace(where, gpu);
}
