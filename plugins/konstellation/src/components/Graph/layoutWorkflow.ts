import type { WorkflowReport } from '@konstellation/backstage-plugin-konstellation-common';

/** Name that edges use for the answer to the caller. */
export const EXIT = 'exit';

/** Size of a box and the room between boxes, CSS pixels: three nodes with entrypoint and answer fit beside the sidebar at 1280. */
export const BOX = { width: 160, height: 64, columnGap: 40, rowGap: 24 };
const MARGIN = 8;
/** How far an edge that goes back hangs below the boxes. */
const BACK_EDGE_DROP = 36;

/** Place of one box, CSS pixels. */
export interface PlacedBox {
  name: string;
  column: number;
  row: number;
  x: number;
  y: number;
}

/** Place of one arrow. */
export interface PlacedEdge {
  from: string;
  to: string;
  /** SVG path. */
  path: string;
}

/** A workflow as drawn. */
export interface WorkflowLayout {
  width: number;
  height: number;
  boxes: PlacedBox[];
  edges: PlacedEdge[];
}

type Edge = WorkflowReport['edges'][number];

/**
 * Lays a workflow out from left to right: each node in the column after its farthest predecessor.
 * Depends on names and edges alone, so a change of status moves nothing.
 */
export function layoutWorkflow(
  workflow: Pick<WorkflowReport, 'nodes' | 'edges'>,
): WorkflowLayout {
  const names = new Set(workflow.nodes.map(each => each.name));
  workflow.edges.forEach(edge => names.add(edge.from).add(edge.to));

  const forward = dropBackEdges([...names], workflow.edges);
  const columns = findColumns([...names], forward);
  const columnCount = Math.max(0, ...columns.values()) + 1;
  if (names.has(EXIT)) {
    // The answer closes the picture, also when another branch is longer.
    columns.set(EXIT, Math.max(columns.get(EXIT) ?? 0, columnCount - 1));
  }

  const rows = new Map<number, string[]>();
  for (const name of names) {
    const column = columns.get(name) ?? 0;
    rows.set(column, [...(rows.get(column) ?? []), name]);
  }
  const tallest = Math.max(1, ...[...rows.values()].map(each => each.length));
  const innerHeight = tallest * (BOX.height + BOX.rowGap) - BOX.rowGap;

  const boxes = new Map<string, PlacedBox>();
  for (const [column, members] of rows) {
    const height = members.length * (BOX.height + BOX.rowGap) - BOX.rowGap;
    members.forEach((name, row) =>
      boxes.set(name, {
        name,
        column,
        row,
        x: MARGIN + column * (BOX.width + BOX.columnGap),
        y:
          MARGIN + (innerHeight - height) / 2 + row * (BOX.height + BOX.rowGap),
      }),
    );
  }

  const bottom = MARGIN + innerHeight;
  const edges = workflow.edges.flatMap(edge => {
    const from = boxes.get(edge.from);
    const to = boxes.get(edge.to);
    return from && to ? [{ ...edge, path: drawEdge(from, to, bottom) }] : [];
  });
  const hasBackEdge = forward.length < workflow.edges.length;
  const columnTotal = Math.max(0, ...rows.keys()) + 1;
  return {
    width:
      2 * MARGIN + columnTotal * (BOX.width + BOX.columnGap) - BOX.columnGap,
    height: bottom + MARGIN + (hasBackEdge ? BACK_EDGE_DROP : 0),
    boxes: [...boxes.values()].sort(
      (a, b) => a.column - b.column || a.row - b.row,
    ),
    edges,
  };
}

/** The edges without those that close a circle: the same node may stand twice in a workflow. */
function dropBackEdges(names: string[], edges: Edge[]): Edge[] {
  const done = new Set<string>();
  const open = new Set<string>();
  const kept: Edge[] = [];

  const visit = (name: string) => {
    open.add(name);
    for (const edge of edges.filter(each => each.from === name)) {
      if (!open.has(edge.to)) {
        kept.push(edge);
        if (!done.has(edge.to)) {
          visit(edge.to);
        }
      }
    }
    open.delete(name);
    done.add(name);
  };

  const targets = new Set(edges.map(each => each.to));
  const roots = names.filter(name => !targets.has(name));
  [...roots, ...names].forEach(name => done.has(name) || visit(name));
  return kept;
}

/** Longest way from a beginning, in steps. */
function findColumns(names: string[], edges: Edge[]): Map<string, number> {
  const columns = new Map(names.map(name => [name, 0]));
  // Without circles the longest way settles after as many rounds as there are nodes at most.
  for (let round = 0; round < names.length; round++) {
    let moved = false;
    for (const { from, to } of edges) {
      const column = (columns.get(from) ?? 0) + 1;
      if (column > (columns.get(to) ?? 0)) {
        columns.set(to, column);
        moved = true;
      }
    }
    if (!moved) {
      break;
    }
  }
  return columns;
}

function drawEdge(from: PlacedBox, to: PlacedBox, bottom: number): string {
  const startX = from.x + BOX.width;
  const startY = from.y + BOX.height / 2;
  const endX = to.x;
  const endY = to.y + BOX.height / 2;
  if (to.column > from.column) {
    const bend = BOX.columnGap / 2;
    return startY === endY
      ? `M ${startX} ${startY} L ${endX} ${endY}`
      : `M ${startX} ${startY} C ${startX + bend} ${startY} ${
          endX - bend
        } ${endY} ${endX} ${endY}`;
  }
  const dip = bottom + BACK_EDGE_DROP;
  const fromX = from.x + BOX.width / 2;
  const toX = to.x + BOX.width / 2;
  return `M ${fromX} ${
    from.y + BOX.height
  } C ${fromX} ${dip} ${toX} ${dip} ${toX} ${to.y + BOX.height}`;
}

/** The box that an arrow key leads to: along the edges to the sides, within the column up and down. */
export function findNeighbour(
  layout: WorkflowLayout,
  name: string,
  key: string,
): string | undefined {
  const box = layout.boxes.find(each => each.name === name);
  if (!box) {
    return undefined;
  }
  const inColumn = (row: number) =>
    layout.boxes.find(each => each.column === box.column && each.row === row)
      ?.name;
  switch (key) {
    case 'ArrowRight':
      return layout.edges.find(each => each.from === name)?.to;
    case 'ArrowLeft':
      return layout.edges.find(each => each.to === name)?.from;
    case 'ArrowUp':
      return inColumn(box.row - 1);
    case 'ArrowDown':
      return inColumn(box.row + 1);
    case 'Home':
      return layout.boxes[0]?.name;
    case 'End':
      return layout.boxes.filter(each => each.name !== EXIT).pop()?.name;
    default:
      return undefined;
  }
}
