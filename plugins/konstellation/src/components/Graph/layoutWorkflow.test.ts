import { makeNode, makeReport } from '../../__testUtils__/fixtures';
import { findNeighbour, layoutWorkflow } from './layoutWorkflow';

function sequence(...names: string[]) {
  return makeReport(names.map(name => makeNode(name, 'READY'))).workflows[0];
}

describe('layoutWorkflow', () => {
  it('puts a sequence into columns from left to right', () => {
    const layout = layoutWorkflow(sequence('entrypoint', 'etl', 'model'));
    expect(layout.boxes.map(each => each.name)).toEqual([
      'entrypoint',
      'etl',
      'model',
      'exit',
    ]);
    expect(layout.boxes.map(each => each.column)).toEqual([0, 1, 2, 3]);
    expect(new Set(layout.boxes.map(each => each.y)).size).toBe(1);
  });

  it('depends on the shape alone, not on status', () => {
    const ready = sequence('entrypoint', 'etl');
    const failed = {
      ...ready,
      nodes: ready.nodes.map(each => makeNode(each.name, 'ERROR')),
    };
    expect(layoutWorkflow(failed)).toEqual(layoutWorkflow(ready));
  });

  it('puts branches below each other and the answer last', () => {
    const nodes = ['entrypoint', 'a', 'b', 'join'].map(name =>
      makeNode(name, 'READY'),
    );
    const layout = layoutWorkflow({
      nodes,
      edges: [
        { from: 'entrypoint', to: 'a' },
        { from: 'entrypoint', to: 'b' },
        { from: 'a', to: 'join' },
        { from: 'b', to: 'join' },
        { from: 'join', to: 'exit' },
      ],
    });
    const [a, b] = ['a', 'b'].map(name =>
      layout.boxes.find(each => each.name === name),
    );
    expect(a?.x).toBe(b?.x);
    expect(a?.y).toBeLessThan(b?.y ?? 0);
    expect(layout.boxes[layout.boxes.length - 1].name).toBe('exit');
  });

  it('draws a node that stands twice in a sequence, once', () => {
    const nodes = ['entrypoint', 'a', 'b'].map(name => makeNode(name, 'READY'));
    const layout = layoutWorkflow({
      nodes,
      edges: [
        { from: 'entrypoint', to: 'a' },
        { from: 'a', to: 'b' },
        { from: 'b', to: 'a' },
        { from: 'a', to: 'exit' },
      ],
    });
    expect(layout.boxes).toHaveLength(4);
    expect(layout.edges).toHaveLength(4);
    const columns = new Map(layout.boxes.map(each => [each.name, each.column]));
    expect(columns.get('a')).toBe(1);
    expect(columns.get('b')).toBe(2);
    expect(columns.get('exit')).toBe(2);
  });

  it('lays out sixty nodes side by side', () => {
    const names = Array.from({ length: 60 }, (_, index) => `node-${index}`);
    const layout = layoutWorkflow(sequence('entrypoint', ...names));
    expect(layout.boxes).toHaveLength(62);
    expect(new Set(layout.boxes.map(each => each.x)).size).toBe(62);
  });

  it('finds the neighbour of a box by arrow key', () => {
    const layout = layoutWorkflow(sequence('entrypoint', 'etl', 'model'));
    expect(findNeighbour(layout, 'etl', 'ArrowRight')).toBe('model');
    expect(findNeighbour(layout, 'etl', 'ArrowLeft')).toBe('entrypoint');
    expect(findNeighbour(layout, 'etl', 'ArrowDown')).toBeUndefined();
    expect(findNeighbour(layout, 'etl', 'End')).toBe('model');
  });
});
