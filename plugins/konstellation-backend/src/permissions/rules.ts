import {
  createPermissionResourceRef,
  createPermissionRule,
} from '@backstage/plugin-permission-node';
import { z } from 'zod/v3';
import { RESOURCE_TYPE_KONSTELLATION_RUNTIME } from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimeRecord } from '../domain/types';

/** What conditions of policies are translated to; lists make SQL of it. */
export type RuntimeQuery =
  | { field: 'owner' | 'id'; values: string[] }
  | { field: 'label'; label: string; value?: string };

/** Whether one runtime fits. */
export function matchesQuery(
  query: RuntimeQuery,
  runtime: RuntimeRecord,
): boolean {
  if (query.field === 'label') {
    const { label, value } = query;
    return (
      Object.hasOwn(runtime.labels, label) &&
      (value === undefined || runtime.labels[label] === value)
    );
  }
  return query.values.includes(runtime[query.field]);
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
  apply: (runtime, { claims }) =>
    matchesQuery({ field: 'owner', values: claims }, runtime),
  toQuery: ({ claims }): RuntimeQuery => ({ field: 'owner', values: claims }),
});

export const hasRuntimeId = createPermissionRule({
  name: 'HAS_RUNTIME_ID',
  description: 'The runtime has one of these ids',
  resourceRef: runtimeResourceRef,
  paramsSchema: z.object({ ids: z.array(z.string()).describe('Ids') }),
  apply: (runtime, { ids }) =>
    matchesQuery({ field: 'id', values: ids }, runtime),
  toQuery: ({ ids }): RuntimeQuery => ({ field: 'id', values: ids }),
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
    matchesQuery({ field: 'label', label, value }, runtime),
  toQuery: ({ label, value }): RuntimeQuery => ({
    field: 'label',
    label,
    value,
  }),
});

export const runtimeRules = { isRuntimeOwner, hasRuntimeId, hasRuntimeLabel };
