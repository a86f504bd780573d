import { ServedService } from '../proto/loadService';
import { SchemaCollection } from './jsonSchema';

const errorSchema = {
  type: 'object',
  properties: { code: { type: 'string' }, message: { type: 'string' } },
  required: ['code'],
};

/**
 * Describes the rpcs for JSON callers (OpenAPI 3.1).
 *
 * @param rpcs - those a workflow answers
 */
export function createOpenApi(
  served: ServedService,
  rpcs: ReadonlySet<string>,
  version: string,
): unknown {
  const collection = new SchemaCollection();
  const { service } = served;
  const paths: Record<string, unknown> = {};
  for (const method of service.methods) {
    if (method.methodKind === 'unary' && rpcs.has(method.name)) {
      paths[`/${service.typeName}/${method.name}`] = {
        post: {
          operationId: method.name,
          requestBody: {
            required: true,
            content: json(collection.ofMessage(method.input)),
          },
          responses: {
            200: {
              description: 'The answer',
              content: json(collection.ofMessage(method.output)),
            },
            default: { description: 'An error', content: json(errorSchema) },
          },
        },
      };
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: service.typeName, version },
    paths,
    components: { schemas: collection.schemas },
  };
}

function json(schema: unknown) {
  return { 'application/json': { schema } };
}
