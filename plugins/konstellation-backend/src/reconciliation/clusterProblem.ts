import {
  isError,
  type ConflictError,
  type InputError,
  type NotAllowedError,
  type NotFoundError,
  type ServiceUnavailableError,
} from '@backstage/errors';
import type { ClusterProblem } from '../domain/types';

/** Longer ones are cut: an admission webhook may say anything. */
const MAX_MESSAGE = 1_000;

type ClusterError =
  | ConflictError
  | InputError
  | NotAllowedError
  | NotFoundError
  | ServiceUnavailableError;

/** Reasons of the condition `Reconciled`, by the errors that a cluster throws. */
const REASONS: Record<ClusterError['name'], string> = {
  ConflictError: 'Conflict',
  InputError: 'Refused',
  NotAllowedError: 'Forbidden',
  NotFoundError: 'NotFound',
  ServiceUnavailableError: 'ClusterUnavailable',
};

function isClusterError(name: string): name is ClusterError['name'] {
  return Object.hasOwn(REASONS, name);
}

/** Why a round failed. What is not of the cluster is told to the log alone, as it may hold anything. */
export function clusterProblemOf(error: unknown): ClusterProblem {
  if (isError(error) && isClusterError(error.name)) {
    return {
      reason: REASONS[error.name],
      message: error.message.slice(0, MAX_MESSAGE),
    };
  }
  return {
    reason: 'InternalError',
    message:
      'the portal met an error of its own; its log has it, and it tries again',
  };
}
