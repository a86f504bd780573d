import { MANIFEST_V1, MANIFEST_V2, type Field, type Rule } from './fields';

type Schema = Record<string, unknown>;

/** Numbers are read as they are written, so an editor should not object to `version: 1`. */
function textSchema(rule: Extract<Rule, { type: 'text' }>): Schema {
  if (rule.values) return { enum: rule.values };
  return {
    type: rule.pattern ? ['string', 'integer'] : ['string', 'number'],
    minLength: 1,
    ...(rule.maxLength === undefined ? {} : { maxLength: rule.maxLength }),
    ...(rule.pattern ? { pattern: rule.pattern.source } : {}),
  };
}

function schemaOf(rule: Rule): Schema {
  switch (rule.type) {
    case 'text':
      return textSchema(rule);
    case 'boolean':
      // The booleans of YAML 1.1 are texts for editors that follow 1.2.
      return { enum: [true, false, 'yes', 'no', 'on', 'off'] };
    case 'integer':
      return { type: 'integer', minimum: rule.minimum };
    case 'list':
      return {
        type: 'array',
        items: schemaOf(rule.items),
        minItems: rule.minItems,
      };
    case 'map':
      return mapSchema(rule.fields);
    default:
      throw new TypeError('unknown rule');
  }
}

/** What may be absent may also be left empty, which YAML reads as null. */
function fieldSchema({ rule, required }: Field): Schema {
  const schema = schemaOf(rule);
  if (required) return schema;
  if (Array.isArray(schema.enum)) {
    return { ...schema, enum: [...schema.enum, null] };
  }
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return { ...schema, type: [...types, 'null'] };
}

function mapSchema(fields: Readonly<Record<string, Field>>): Schema {
  const entries = Object.entries(fields);
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([name, field]) => [
        name,
        {
          description: field.description,
          ...(field.default === undefined ? {} : { default: field.default }),
          ...fieldSchema(field),
        },
      ]),
    ),
    required: entries.flatMap(([name, field]) =>
      field.required ? [name] : [],
    ),
    additionalProperties: false,
  };
}

/**
 * JSON Schema (draft 7, which editors know best) of krt.yml in both formats, made from the rules the validator has. Editors
 * complete and check with it while one types; it says less than the validator, which also knows the rest of the package.
 * @public
 */
export function manifestJsonSchema(): Record<string, unknown> {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'KRT manifest',
    description: 'krt.yml of a KRT package: the definition of a version.',
    type: 'object',
    if: {
      required: ['krtVersion'],
      properties: { krtVersion: { const: 'v2' } },
    },
    then: mapSchema(MANIFEST_V2.fields),
    else: mapSchema(MANIFEST_V1.fields),
  };
}
