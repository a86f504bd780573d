import { InputError } from '@backstage/errors';
import type { Request } from 'express';
import { z } from 'zod/v3';

/** @throws InputError that names the first field that is wrong */
export function parse<T>(
  schema: z.ZodType<T, z.ZodTypeDef, unknown>,
  input: unknown,
): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('.') || 'the body';
  throw new InputError(`${path}: ${issue?.message ?? 'is not valid'}`);
}

const text = (most: number) => z.string().max(most);

export const pageSchema = z.object({
  limit: z.coerce.number().optional(),
  cursor: text(500).optional(),
});

const quantities = z.record(text(40));
const bounds = z.object({
  requests: quantities.optional(),
  limits: quantities.optional(),
});

const pods = z.union([z.number(), text(10)]);
const scaling = z
  .object({
    replicas: z.number().optional(),
    autoscaling: z
      .object({
        min: z.number().optional(),
        max: z.number(),
        cpu: z.number().optional(),
      })
      .strict()
      .optional(),
    rollout: z
      .object({ maxSurge: pods, maxUnavailable: pods })
      .strict()
      .optional(),
  })
  .strict();

const placement = z
  .object({
    nodeSelector: z.record(text(63)).optional(),
    tolerations: z
      .array(
        z
          .object({
            key: text(300).optional(),
            operator: z.enum(['Exists', 'Equal']).optional(),
            value: text(300).optional(),
            effect: z
              .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
              .optional(),
            tolerationSeconds: z.number().int().min(0).optional(),
          })
          .strict(),
      )
      .optional(),
  })
  .strict();

const settingsSchema = z
  .object({
    origins: z.array(text(300)).optional(),
    quota: quantities.optional(),
    egress: z
      .array(
        z.object({
          cidr: text(64),
          ports: z.array(z.number().int().min(1).max(65535)).optional(),
        }),
      )
      .optional(),
    resources: bounds.extend({ nodes: z.record(bounds).optional() }).optional(),
    scaling: scaling
      .extend({ nodes: z.record(scaling).optional() })
      .strict()
      .optional(),
    placement: placement
      .extend({ nodes: z.record(placement).optional() })
      .strict()
      .optional(),
    gpu: placement
      .extend({ resource: text(300).optional(), count: z.number().optional() })
      .strict()
      .optional(),
  })
  .strict();

export const createRuntimeSchema = z
  .object({
    id: text(100),
    name: text(200),
    description: text(2_000).optional(),
    owner: text(300).optional(),
    labels: z.record(text(63)).optional(),
    cluster: text(100).optional(),
    namespace: text(63).optional(),
    settings: settingsSchema.optional(),
  })
  .strict();

export const updateRuntimeSchema = createRuntimeSchema
  .omit({ id: true, cluster: true, namespace: true })
  .partial();

export const createSolutionSchema = z
  .object({ id: text(100), name: text(200) })
  .strict();

export const commentSchema = z.object({ comment: z.unknown() });

export const startSchema = commentSchema.extend({
  publishWhenReady: z.boolean().optional(),
});

/** Bytes of a change; the service judges what it makes. */
const MAX_ENV = 2 * 1024 * 1024;

export const changeSchema = z.object({
  values: z.record(z.string()).optional(),
  env: text(MAX_ENV).optional(),
  confirm: z.array(text(100)).max(10_000).optional(),
  replace: z.enum(['beside', 'pause']).optional(),
});

export const configurationSchema = changeSchema.extend({
  comment: z.unknown(),
});

export const rollbackSchema = z.object({
  solution: text(30).optional(),
  publication: text(100).optional(),
  comment: z.unknown(),
});

export const logsSchema = z.object({
  workflow: text(19).optional(),
  node: text(63).optional(),
  level: z.enum(['debug', 'info', 'warn', 'error']).optional(),
  since: z.string().datetime({ offset: true }).optional(),
  follow: z
    .enum(['true', 'false', ''])
    .transform(value => value !== 'false')
    .optional(),
});

/** The comment as it came; the service judges it. */
export function commentOf(input: { comment?: unknown }): string {
  return typeof input.comment === 'string' ? input.comment : '';
}

export function queryComment(request: Request): string {
  return commentOf({ comment: request.query.comment });
}

export function param(request: Request, name: string): string {
  return request.params[name] ?? '';
}

/** Names of the version a path is about. */
export function versionName(request: Request) {
  return {
    runtime: param(request, 'runtime'),
    version: param(request, 'version'),
  };
}
