import { validateManifest } from './validateManifest';
import { workflowGraphs } from './workflows';

const MANIFEST = `krtVersion: v2
version: mail-v1
description: Sorts mail.
entrypoint:
  proto: public_input.proto
  image: konstellation/kre-entrypoint:3.0.0
workflows:
  - name: sort
    entrypoint: Sort
    exitpoint: exitpoint
    nodes:
      - name: etl
        image: konstellation/kre-py:3.0.0
        src: src/etl/main.py
        subscriptions: [entrypoint]
      - name: model
        image: konstellation/kre-py:3.0.0
        src: src/model/main.py
        gpu: on
        replicas: 2
        subscriptions:
          - etl
        objectStore:
          name: emails
      - name: exitpoint
        image: konstellation/kre-go:3.0.0
        src: bin/exitpoint
        subscriptions:
          - model
          - etl.rejected
`;

const problemsOf = (text: string) => validateManifest(text).problems;

describe('a manifest of krtVersion v2', () => {
  it('is read', () => {
    const { manifest, format, problems } = validateManifest(MANIFEST);
    expect(problems).toEqual([]);
    expect(format).toBe('v2');
    expect(manifest).toEqual({
      krtVersion: 'v2',
      version: 'mail-v1',
      description: 'Sorts mail.',
      entrypoint: {
        proto: 'public_input.proto',
        image: 'konstellation/kre-entrypoint:3.0.0',
      },
      config: { variables: [], files: [] },
      workflows: [
        {
          name: 'sort',
          entrypoint: 'Sort',
          exitpoint: 'exitpoint',
          nodes: [
            {
              name: 'etl',
              image: 'konstellation/kre-py:3.0.0',
              src: 'src/etl/main.py',
              gpu: false,
              line: 12,
              subscriptions: ['entrypoint'],
              replicas: 1,
            },
            {
              name: 'model',
              image: 'konstellation/kre-py:3.0.0',
              src: 'src/model/main.py',
              gpu: true,
              line: 16,
              subscriptions: ['etl'],
              replicas: 2,
              objectStore: { name: 'emails', scope: 'workflow' },
            },
            {
              name: 'exitpoint',
              image: 'konstellation/kre-go:3.0.0',
              src: 'bin/exitpoint',
              gpu: false,
              line: 25,
              subscriptions: ['model', 'etl.rejected'],
              replicas: 1,
            },
          ],
        },
      ],
    });
    expect(manifest && workflowGraphs(manifest)[0]?.edges).toEqual([
      { from: 'entrypoint', to: 'etl' },
      { from: 'etl', to: 'model' },
      { from: 'model', to: 'exitpoint' },
      { from: 'etl', to: 'exitpoint' },
      { from: 'exitpoint', to: 'exit' },
    ]);
  });

  it.each([
    [
      'an exitpoint that is no node',
      'exitpoint: exitpoint',
      'exitpoint: zz',
      {
        code: 'unknown-exitpoint',
        message: 'exitpoint node "zz" not found in workflow "sort" nodes',
        path: 'workflows[0].exitpoint',
        line: 10,
        column: 16,
      },
    ],
    [
      'two nodes of one name',
      '- name: model',
      '- name: etl',
      {
        code: 'duplicate-name',
        message: expect.stringContaining(
          'node names should be unique per workflows',
        ),
        line: 16,
      },
    ],
    [
      'a node without subscriptions',
      'subscriptions: [entrypoint]',
      'subscriptions: []',
      {
        code: 'required',
        message: 'node "etl" requires at least one subscription',
        line: 15,
      },
    ],
    [
      'a subscription to nobody',
      '          - etl\n        objectStore',
      '          - elt\n        objectStore',
      {
        code: 'unknown-subscription',
        path: 'workflows[0].nodes[1].subscriptions[0]',
        hint: 'did you mean `etl`?',
        line: 22,
      },
    ],
    [
      'a channel of the entrypoint',
      '[entrypoint]',
      '[entrypoint, entrypoint.x]',
      { code: 'unknown-subscription', line: 15 },
    ],
    [
      'a malformed subscription',
      'etl.rejected',
      'etl.a.b',
      { code: 'subscription-pattern', line: 30 },
    ],
    [
      'a subscription to itself',
      '          - model\n',
      '          - exitpoint\n',
      { code: 'subscription-self', line: 29 },
    ],
    [
      'replicas that are no number',
      'replicas: 2',
      'replicas: 0',
      { code: 'wrong-type', path: 'workflows[0].nodes[1].replicas', line: 20 },
    ],
    [
      'an unknown scope',
      'name: emails',
      'name: emails\n          scope: projekt',
      { code: 'wrong-type', hint: 'did you mean `project`?', line: 25 },
    ],
    [
      'fields of v1',
      'workflows:\n',
      'nodes: []\nworkflows:\n',
      {
        code: 'format-v1-fields',
        path: 'nodes',
        line: 7,
        message: expect.stringMatching(/krtVersion v1.*krtVersion v2/),
      },
    ],
    [
      'a workflow of v1 beside',
      '    exitpoint: exitpoint\n',
      '    exitpoint: exitpoint\n    sequential: [etl]\n',
      { code: 'format-v1-fields', path: 'workflows[0].sequential', line: 11 },
    ],
  ])('is refused for %s', (_, from, to, problem) => {
    const { manifest, problems } = validateManifest(MANIFEST.replace(from, to));
    expect(manifest).toBeUndefined();
    expect(problems).toContainEqual(expect.objectContaining(problem));
  });

  it('is refused where messages do not get to a node or to the exitpoint', () => {
    const island = MANIFEST.replace('[entrypoint]', '[model]');
    expect(problemsOf(island)).toMatchObject([
      { code: 'node-unreachable', line: 12 },
      { code: 'node-unreachable', line: 16 },
      { code: 'exitpoint-unreachable', line: 10 },
      { code: 'subscription-cycle', severity: 'warning' },
    ]);
  });

  it('warns of circles', () => {
    const circle = MANIFEST.replace(
      '[entrypoint]',
      '[entrypoint, model.again]',
    );
    expect(problemsOf(circle)).toMatchObject([
      { code: 'subscription-cycle', severity: 'warning', line: 12 },
    ]);
  });

  it('is read as v2 where it does not say so, which is one problem', () => {
    const silent = MANIFEST.replace('krtVersion: v2\n', '');
    const { problems, format } = validateManifest(silent);
    expect(format).toBe('v2');
    expect(problems).toMatchObject([
      {
        code: 'format-v2-fields',
        path: 'workflows[0].exitpoint',
        hint: expect.stringContaining('add `krtVersion: v2`'),
      },
    ]);
  });
});
