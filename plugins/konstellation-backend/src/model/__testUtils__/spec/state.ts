/** What there is, for the model. */

export type Phase =
  | 'CREATED'
  | 'STARTING'
  | 'STARTED'
  | 'ERROR'
  | 'STOPPING'
  | 'STOPPED';
export type Status = Phase | 'PUBLISHED';

/** By key. Inherited values have no effect until someone who may change them confirms them. */
export type Values = Record<string, { value: string; unconfirmed?: boolean }>;

export interface Version {
  name: string;
  solution: Solution;
  keys: readonly string[];
  /** Configurations by the number of their revision. */
  revisions: Values[];
  /** Revision of the next start. */
  configured: number;
  /** Revision that runs, or is to; undefined while it is to be stopped. */
  running?: number;
  /** Made ready beside what runs; published then if `publish`. */
  next?: { revision: number; publish: boolean };
  publishWhenReady: boolean;
  /** What it is while it is not published. */
  phase: Phase;
  deleting: boolean;
}

/** Known by its place in its solution, from 0. */
export interface Publication {
  of: Version;
  revision: number;
  /** Callers have reached it. */
  cameThrough: boolean;
}

export interface Solution {
  id: string;
  runtime: { id: string; deleting: boolean };
  deleting: boolean;
  /** Oldest first. */
  versions: Version[];
  publications: Publication[];
  wanted?: Publication;
  /** What callers reach. */
  published?: Publication;
}

export interface Runtime {
  id: string;
  owner: string;
  /** Its pods may reach other networks, and there are several of each. */
  isOpen: boolean;
  deleting: boolean;
  /** The first has the id of the runtime. */
  solutions: Solution[];
}
