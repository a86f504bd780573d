import type { GpuSettings } from '@konstellation/backstage-plugin-konstellation-common';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { KrtLimits } from '@konstellation/krt';
import type { RuntimeRecord, VersionRecord } from '../domain/types';
import type { ImageRule, RunnerImages } from './images';
import type { PythonOptions } from './requirements';

export interface ReleaseOptions {
  runtime: RuntimeRecord;
  version: VersionRecord;
  /** Configuration revision of the release. */
  revision: number;
  release: string;
  /** Values of that revision. */
  values: Record<string, string>;
  packageUrl: string;
  packageToken: string;
  /** What the portal was willing to take, krt-fetch unpacks. */
  packageLimits: Partial<KrtLimits>;
  internalToken: string;
  images: RunnerImages;
  imageRules: readonly ImageRule[];
  python: PythonOptions;
  /** What nodes with a GPU get where the runtime says nothing. */
  gpu: GpuSettings;
  progressDeadlineSeconds: number;
}

/** An object that has yet to get its metadata. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  [field: string]: unknown;
}

export type Own = (
  object: Manifest,
  name: string,
  labels?: Record<string, string>,
) => KubernetesObject;
