/**
 * What a krt.yml may hold, field by field: the one source of the rules that readers, messages and the JSON Schema for editors
 * share. What one field says about another (names that must exist, keys that must differ) is in the readers.
 *
 * Source: the KRT format, manifests of v1 and v2.
 */

/** @internal */
export interface TextRule {
  type: 'text';
  pattern?: RegExp;
  /** Characters. */
  maxLength?: number;
  /** The only texts there may be. */
  values?: readonly string[];
}

/** @internal */
export interface MapRule {
  type: 'map';
  fields: Readonly<Record<string, Field>>;
}

/** @internal */
export type Rule =
  | TextRule
  | MapRule
  | { type: 'boolean' }
  | { type: 'integer'; minimum: number }
  | { type: 'list'; items: Rule; minItems: number };

/** @internal */
export interface Field {
  /** Shown by editors. */
  description: string;
  required: boolean;
  rule: Rule;
  default?: string | number | boolean;
}

/** Names of versions, nodes and workflows: a DNS label, so that names of objects made of them fit. */
export const NAME: TextRule = {
  type: 'text',
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  maxLength: 19,
};

/** Keys of the configuration; 253 is the longest key of a Secret. */
export const KEY: TextRule = {
  type: 'text',
  pattern: /^[A-Z0-9]([_A-Z0-9]*[A-Z0-9])?$/,
  maxLength: 253,
};

// The reference grammar of container images: [host[:port]/]path[:tag][@digest], where the path is of lower case.
const HOST = '[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\\d{1,5})?';
const PART = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*';

export const IMAGE: TextRule = {
  type: 'text',
  pattern: new RegExp(
    `^(?:${HOST}/)?${PART}(?:/${PART})*(?::\\w[\\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
  ),
  maxLength: 512,
};

/** `entrypoint`, the name of a node, or a node and one of its channels. */
export const SUBSCRIPTION: TextRule = {
  type: 'text',
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[A-Za-z0-9_-]+)?$/,
  maxLength: 83,
};

export const PROTO_PATH: TextRule = { type: 'text', pattern: /\.proto$/ };

export const SCOPES = ['workflow', 'project'] as const;

const TEXT: TextRule = { type: 'text' };

function required(rule: Rule, description: string): Field {
  return { rule, description, required: true };
}

function optional(
  rule: Rule,
  description: string,
  byDefault?: Field['default'],
): Field {
  return { rule, description, required: false, default: byDefault };
}

const KEYS: Rule = { type: 'list', items: KEY, minItems: 0 };

const ENTRYPOINT = {
  type: 'map',
  fields: {
    proto: required(
      PROTO_PATH,
      'Path of the proto in the package. It holds one service, whose rpcs the workflows answer.',
    ),
    image: required(IMAGE, 'Image of the entrypoint, with a fixed tag.'),
    src: optional(
      TEXT,
      'Entrypoint code of packages made for the original engine. It is not run: the entrypoint is made from the proto.',
    ),
  },
} as const satisfies MapRule;

const CONFIG = {
  type: 'map',
  fields: {
    variables: optional(
      KEYS,
      'Keys that get a value before the version is started; environment variables of all nodes.',
    ),
    files: optional(
      KEYS,
      'Keys whose value is mounted as a file, at $KRT_CONFIG_DIR/<KEY>.',
    ),
  },
} as const satisfies MapRule;

const NODE_FIELDS = {
  name: required(NAME, 'Name of the node, unique.'),
  image: required(IMAGE, 'Image that runs the node, with a fixed tag.'),
  src: required(TEXT, 'Path of the code in the package.'),
  gpu: optional({ type: 'boolean' }, 'Whether the node needs a GPU.', false),
} as const satisfies MapRule['fields'];

const NODE_V1 = { type: 'map', fields: NODE_FIELDS } as const satisfies MapRule;

const OBJECT_STORE = {
  type: 'map',
  fields: {
    name: required(NAME, 'Name of the object store.'),
    scope: optional(
      { type: 'text', values: SCOPES },
      'Who shares the store: the nodes of this workflow, or those of all workflows.',
      'workflow',
    ),
  },
} as const satisfies MapRule;

const NODE_V2 = {
  type: 'map',
  fields: {
    ...NODE_FIELDS,
    subscriptions: required(
      { type: 'list', items: SUBSCRIPTION, minItems: 1 },
      'Whose messages the node gets: `entrypoint`, the name of a node, or `node.channel`.',
    ),
    replicas: optional(
      { type: 'integer', minimum: 1 },
      'Processes of the node that share its messages.',
      1,
    ),
    objectStore: optional(OBJECT_STORE, 'Store for objects of the node.'),
  },
} as const satisfies MapRule;

const WORKFLOW_FIELDS = {
  name: required(NAME, 'Name of the workflow, unique.'),
  entrypoint: required(
    TEXT,
    'The rpc of the proto that this workflow answers.',
  ),
} as const satisfies MapRule['fields'];

const WORKFLOW_V1 = {
  type: 'map',
  fields: {
    ...WORKFLOW_FIELDS,
    sequential: required(
      { type: 'list', items: NAME, minItems: 1 },
      'Nodes in the order they are called; the same node may stand twice.',
    ),
  },
} as const satisfies MapRule;

const WORKFLOW_V2 = {
  type: 'map',
  fields: {
    ...WORKFLOW_FIELDS,
    exitpoint: required(NAME, 'The node whose message is the answer.'),
    nodes: required(
      { type: 'list', items: NODE_V2, minItems: 1 },
      'The nodes of the workflow.',
    ),
  },
} as const satisfies MapRule;

const ROOT_FIELDS = {
  version: required(
    NAME,
    'Name of this version, unique in the runtime. What is uploaded never changes: a change is a new version.',
  ),
  description: required(TEXT, 'What the version is, or what it changes.'),
  entrypoint: required(ENTRYPOINT, 'How the solution is called.'),
  config: optional(CONFIG, 'Configuration that is kept apart from the code.'),
} as const satisfies MapRule['fields'];

/** krt.yml without `krtVersion`, or `krtVersion: v1`. */
export const MANIFEST_V1 = {
  type: 'map',
  fields: {
    krtVersion: optional({ type: 'text', values: ['v1'] }, 'Format.', 'v1'),
    ...ROOT_FIELDS,
    nodes: required(
      { type: 'list', items: NODE_V1, minItems: 1 },
      'The nodes that workflows call.',
    ),
    workflows: required(
      { type: 'list', items: WORKFLOW_V1, minItems: 1 },
      'The workflows; each answers one rpc.',
    ),
  },
} as const satisfies MapRule;

/** `krtVersion: v2`: workflows that branch. */
export const MANIFEST_V2 = {
  type: 'map',
  fields: {
    krtVersion: required({ type: 'text', values: ['v2'] }, 'Format.'),
    ...ROOT_FIELDS,
    workflows: required(
      { type: 'list', items: WORKFLOW_V2, minItems: 1 },
      'The workflows; each answers one rpc.',
    ),
  },
} as const satisfies MapRule;

export const RULES = {
  entrypoint: ENTRYPOINT,
  config: CONFIG,
  nodeV1: NODE_V1,
  nodeV2: NODE_V2,
  objectStore: OBJECT_STORE,
  workflowV1: WORKFLOW_V1,
  workflowV2: WORKFLOW_V2,
};
