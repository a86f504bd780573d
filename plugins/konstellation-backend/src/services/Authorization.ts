import type { PermissionsService } from '@backstage/backend-plugin-api';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import {
  AuthorizeResult,
  type BasicPermission,
  type ResourcePermission,
} from '@backstage/plugin-permission-common';
import {
  runtimeCreatePermission,
  runtimeReadPermission,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimeStore } from '../database/RuntimeStore';
import type { Extent, ServiceRoles } from '../permissions/ServiceRoles';
import {
  ALL,
  isVisible,
  NONE,
  visibilityOf,
  type Visibility,
} from '../permissions/visibility';
import type { Caller } from './types';

type RuntimePermission = ResourcePermission<'konstellation-runtime'>;

/** What a caller may do, decided by the policy of the portal for people and by configured roles for services. */
export class Authorization {
  constructor(
    private readonly options: {
      permissions: PermissionsService;
      runtimes: RuntimeStore;
      serviceRoles: ServiceRoles;
    },
  ) {}

  /** Reads ids, owners and links alone. */
  readsLinks(caller: Caller): boolean {
    return this.options.serviceRoles.readsLinks(caller);
  }

  /**
   * Which runtimes the caller may do this in; lists are narrowed to them.
   * @param extent - `links` where those who read links are answered no more than these
   */
  async visible(
    permission: RuntimePermission,
    caller: Caller,
    extent?: Extent,
  ): Promise<Visibility> {
    const { serviceRoles } = this.options;
    const role = serviceRoles.decide(caller, permission, extent);
    if (role !== undefined) return role ? ALL : NONE;
    const [decision] = await this.options.permissions.authorizeConditional(
      [{ permission }],
      { credentials: caller.credentials },
    );
    return visibilityOf(decision);
  }

  async may(
    runtime: string,
    permission: RuntimePermission,
    caller: Caller,
    extent?: Extent,
  ): Promise<boolean> {
    const visible = await this.visible(permission, caller, extent);
    if (visible.is === 'all') return true;
    const record = await this.options.runtimes.find(runtime);
    return record !== undefined && isVisible(visible, record);
  }

  /** @throws NotFoundError: what may not be read is not there */
  async read(
    runtime: string,
    permission: RuntimePermission,
    caller: Caller,
    extent?: Extent,
  ): Promise<void> {
    if (await this.may(runtime, permission, caller, extent)) return;
    await caller.denied?.({ permission: permission.name, runtime });
    throw unknown(runtime);
  }

  /** @throws NotAllowedError, or NotFoundError where there is no such runtime, or none the caller may see */
  async write(
    runtime: string,
    permission: RuntimePermission,
    caller: Caller,
  ): Promise<void> {
    if (await this.may(runtime, permission, caller)) return;
    await this.read(runtime, runtimeReadPermission, caller);
    if (!(await this.exists(runtime))) throw unknown(runtime);
    await caller.denied?.({ permission: permission.name, runtime });
    throw new NotAllowedError(
      `you may not do this in the runtime "${runtime}" (${permission.name}); ask its owner`,
    );
  }

  async exists(runtime: string): Promise<boolean> {
    return (await this.options.runtimes.find(runtime)) !== undefined;
  }

  async mayCreate(caller: Caller): Promise<boolean> {
    const role = this.options.serviceRoles.decide(
      caller,
      runtimeCreatePermission,
    );
    if (role !== undefined) return role;
    const permission: BasicPermission = runtimeCreatePermission;
    const [decision] = await this.options.permissions.authorize(
      [{ permission }],
      { credentials: caller.credentials },
    );
    return decision?.result === AuthorizeResult.ALLOW;
  }

  /** @throws NotAllowedError */
  async create(caller: Caller): Promise<void> {
    if (await this.mayCreate(caller)) return;
    await caller.denied?.({ permission: runtimeCreatePermission.name });
    throw new NotAllowedError('you may not create runtimes');
  }
}

function unknown(runtime: string): NotFoundError {
  return new NotFoundError(`no runtime with the id "${runtime}"`);
}
