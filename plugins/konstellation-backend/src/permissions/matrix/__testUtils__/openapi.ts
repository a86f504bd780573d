import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import { parse } from 'yaml';
import { z } from 'zod/v3';

const ROOT = join(__dirname, '../../../..');
const METHODS = [
  'get',
  'head',
  'options',
  'post',
  'put',
  'patch',
  'delete',
] as const;

const refSchema = z.object({ $ref: z.string() }).strict();
const parameterSchema = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean().default(false),
  schema: z.record(z.unknown()),
  example: z.unknown(),
});
const contentSchema = z.record(
  z.object({ schema: z.unknown(), example: z.unknown() }),
);
const bodySchema = z.object({ required: z.boolean(), content: contentSchema });
const responseSchema = z.object({
  description: z.string(),
  content: contentSchema.default({}),
});
const operationSchema = z.object({
  operationId: z.string(),
  security: z.array(z.unknown()).optional(),
  'x-permission': z.union([z.string(), z.array(z.string())]),
  'x-audit-event': z.string().optional(),
  parameters: z.array(z.union([refSchema, parameterSchema])).default([]),
  requestBody: z.union([refSchema, bodySchema]).optional(),
  responses: z.record(z.union([refSchema, responseSchema])),
});
const documentSchema = z.object({
  paths: z.record(
    z
      .object({ parameters: z.array(refSchema).default([]) })
      .catchall(operationSchema),
  ),
  components: z.record(z.record(z.unknown())),
});

export type Parameter = z.infer<typeof parameterSchema>;

/** One operation of openapi.yaml, with what it refers to in its place. */
export interface Operation {
  id: string;
  method: (typeof METHODS)[number];
  /** With the names of parameters in braces. */
  path: string;
  /** The first is needed, the others decide about a part of it. */
  permissions: string[];
  auditEvent?: string;
  /** Answered to callers who are not signed in, too. */
  isPublic: boolean;
  parameters: Parameter[];
  body?: z.infer<typeof bodySchema>;
  responses: Record<string, z.infer<typeof responseSchema>>;
}

function readYaml(): unknown {
  return parse(readFileSync(join(ROOT, 'openapi.yaml'), 'utf8'));
}

/** openapi.yaml as it is written. */
export function readDocument() {
  return documentSchema.parse(readYaml());
}

/** Everything openapi.yaml describes. */
export function readOperations(): Operation[] {
  const { paths, components } = readDocument();
  function resolve<T>(
    schema: z.ZodType<T, z.ZodTypeDef, unknown>,
    node: T | { $ref: string },
  ): T {
    const ref = refSchema.safeParse(node);
    if (!ref.success) return schema.parse(node);
    const [kind = '', name = ''] = ref.data.$ref.split('/').slice(-2);
    return schema.parse(components[kind]?.[name]);
  }
  return Object.entries(paths).flatMap(([path, { parameters, ...methods }]) =>
    Object.entries(methods).map(([method, operation]): Operation => {
      const permission = operation['x-permission'];
      return {
        id: operation.operationId,
        method: z.enum(METHODS).parse(method),
        path,
        permissions: Array.isArray(permission) ? permission : [permission],
        auditEvent: operation['x-audit-event'],
        isPublic: operation.security?.length === 0,
        parameters: [...parameters, ...operation.parameters].map(parameter =>
          resolve(parameterSchema, parameter),
        ),
        body:
          operation.requestBody && resolve(bodySchema, operation.requestBody),
        responses: Object.fromEntries(
          Object.entries(operation.responses).map(([status, response]) => [
            status,
            resolve(responseSchema, response),
          ]),
        ),
      };
    }),
  );
}

/** Objects have no other properties than those that are described. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const inner = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, closed(value)]),
  );
  return inner.type === 'object' && 'properties' in inner
    ? { additionalProperties: false, ...inner }
    : inner;
}

/** Finds what is wrong with JSON that openapi.yaml describes; a property that is not described is wrong, too. */
export class Validator {
  readonly #ajv = new Ajv({ strict: false, allErrors: true });

  constructor() {
    this.#ajv.addFormat(
      'date-time',
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
    );
    this.#ajv.addFormat('binary', true);
    const { components } = readDocument();
    this.#ajv.addSchema({ $id: 'openapi', components: closed(components) });
  }

  problems(schema: unknown, value: unknown): string[] {
    const text = JSON.stringify(closed(schema));
    const here = text.replaceAll('"#/components', '"openapi#/components');
    const validate = this.#ajv.compile(JSON.parse(here));
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }
}
