import {
  createPermissionResourceRef,
  createPermissionRule,
} from '@backstage/plugin-permission-node';
import { z } from 'zod/v3';
import { RESOURCE_TYPE_KONSTELLATION_RUNTIME } from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimeRecord } from '../domain/types';

/** What conditions of policies are translated to: a test of a runtime. */
export interface RuntimeQuery {
  matches: (runtime: RuntimeRecord) => boolean;
}

/** Permissions are decided per runtime. */
export const runtimeResourceRef = createPermissionResourceRef<
  RuntimeRecord,
  RuntimeQuery
>().with({
  pluginId: 'konstellation',
  resourceType: RESOURCE_TYPE_KONSTELLATION_RUNTIME,
});

export const isRuntimeOwner = createPermissionRule({
  name: 'IS_RUNTIME_OWNER',
  description: 'The runtime is owned by one of these entities',
  resourceRef: runtimeResourceRef,
  paramsSchema: z.object({
    claims: z.array(z.string()).describe('Entity refs, e.g. group:default/ml'),
  }),
  apply: (runtime, { claims }) => claims.includes(runtime.owner),
  toQuery: ({ claims }) => ({
    matches: runtime => claims.includes(runtime.owner),
  }),
});

export const hasRuntimeId = createPermissionRule({
  name: 'HAS_RUNTIME_ID',
  description: 'The runtime has one of these ids',
  resourceRef: runtimeResourceRef,
  paramsSchema: z.object({ ids: z.array(z.string()).describe('Ids') }),
  apply: (runtime, { ids }) => ids.includes(runtime.id),
  toQuery: ({ ids }) => ({ matches: runtime => ids.includes(runtime.id) }),
});

export const hasRuntimeLabel = createPermissionRule({
  name: 'HAS_RUNTIME_LABEL',
  description: 'The runtime has this label',
  resourceRef: runtimeResourceRef,
  paramsSchema: z.object({
    label: z.string().describe('Name of the label'),
    value: z.string().optional().describe('Its value; any when absent'),
  }),
  apply: (runtime, { label, value }) =>
    label in runtime.labels &&
    (value === undefined || runtime.labels[label] === value),
  toQuery: ({ label, value }) => ({
    matches: runtime =>
      label in runtime.labels &&
      (value === undefined || runtime.labels[label] === value),
  }),
});

export const runtimeRules = { isRuntimeOwner, hasRuntimeId, hasRuntimeLabel };
