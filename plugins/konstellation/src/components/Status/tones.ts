import type {
  NodeStatus,
  VersionStatus,
} from '@konstellation/backstage-plugin-konstellation-common';

/** Tones of @backstage/ui that a status is drawn in. */
export type Tone =
  | 'success'
  | 'strong'
  | 'info'
  | 'muted'
  | 'warning'
  | 'danger';

/** Drawn forms of a status; never colour alone. */
export type Shape = 'ring' | 'filled' | 'arc' | 'hollow' | 'half' | 'diamond';

/** How a status looks, everywhere. */
export interface StatusLook {
  tone: Tone;
  shape: Shape;
}

/** Looks of a version's status. */
export const versionLooks: Record<VersionStatus, StatusLook> = {
  PUBLISHED: { tone: 'success', shape: 'ring' },
  STARTED: { tone: 'strong', shape: 'filled' },
  STARTING: { tone: 'info', shape: 'arc' },
  STOPPING: { tone: 'info', shape: 'arc' },
  STOPPED: { tone: 'muted', shape: 'hollow' },
  CREATED: { tone: 'muted', shape: 'hollow' },
  ERROR: { tone: 'danger', shape: 'diamond' },
};

/** Look of what is being deleted. */
export const deletingLook: StatusLook = { tone: 'info', shape: 'arc' };

/** Looks of a node's status. */
export const nodeLooks: Record<NodeStatus, StatusLook> = {
  READY: { tone: 'success', shape: 'filled' },
  STARTING: { tone: 'info', shape: 'arc' },
  STOPPING: { tone: 'info', shape: 'arc' },
  STOPPED: { tone: 'muted', shape: 'hollow' },
  DEGRADED: { tone: 'warning', shape: 'half' },
  ERROR: { tone: 'danger', shape: 'diamond' },
};
