import { readFile } from 'node:fs/promises';
import { createLog, Log } from './log';
import { createMetrics } from './metrics';
import { createOpenApi } from './openapi/createOpenApi';
import { loadService, ServedService } from './proto/loadService';
import { Gate } from './server/Gate';
import { createInternalHandler } from './server/internalHandler';
import { Listener } from './server/Listener';
import { createMetricsHandler } from './server/metricsHandler';
import { createPublicHandler } from './server/publicHandler';
import { createRpcHandler } from './server/rpcHandler';
import { WorkflowRoutes } from './server/WorkflowRoutes';
import { HealthRoutes } from './services/HealthRoutes';
import { ReflectionRoutes } from './services/ReflectionRoutes';
import { Settings } from './settings';
import { HttpNodeClient, NodeClient } from './workflow/NodeClient';
import { NodeReadiness } from './workflow/NodeReadiness';
import { Workflow } from './workflow/runWorkflow';
import {
  DnsServiceDirectory,
  FileServiceDirectory,
} from './workflow/ServiceDirectory';

export interface Ports {
  public: number;
  internal: number;
  metrics: number;
}

const stopPollInterval = 20;

/** Serves the proto of one release and runs its workflows. */
export class Entrypoint {
  private readonly gate = new Gate();
  private readonly nodes: NodeClient[];
  private readonly readiness: NodeReadiness;
  private readonly listeners: {
    public: Listener;
    internal: Listener;
    metrics: Listener;
  };
  private readonly routes: WorkflowRoutes;
  private isStopping = false;

  /** @throws Error with one line when the package cannot be served */
  static create(
    settings: Settings,
    log: Log = createLog(line => process.stdout.write(line)),
  ): Entrypoint {
    const served = loadService(settings.packageDir, settings.proto);
    for (const { name, rpc } of settings.workflows) {
      if (!served.methods.has(rpc)) {
        throw new Error(
          `the workflow '${name}' names the rpc '${rpc}', which the proto does not have`,
        );
      }
    }
    return new Entrypoint(settings, served, log);
  }

  private constructor(
    private readonly settings: Settings,
    served: ServedService,
    log: Log,
  ) {
    const services = settings.serviceMap
      ? new FileServiceDirectory(settings.serviceMap)
      : new DnsServiceDirectory();
    const clients = new Map<string, NodeClient>(
      Object.entries(settings.nodes).map(([name, url]) => [
        name,
        HttpNodeClient.create({
          name,
          url,
          services,
          maxBodySize: settings.maxBodySize,
        }),
      ]),
    );
    const { runtime, solution, version, release } = settings;
    const metrics = createMetrics({ runtime, solution, version, release });
    const workflows = new Map(
      settings.workflows.map(workflow => [
        workflow.rpc,
        bind(workflow, clients),
      ]),
    );
    this.nodes = [...clients.values()];
    this.readiness = new NodeReadiness(this.nodes);
    this.routes = new WorkflowRoutes({
      ...settings,
      served,
      workflows,
      metrics,
      log,
    });
    const health = new HealthRoutes(
      () => this.readiness.waitingFor().length === 0,
      served.service.typeName,
    );
    const reflection = new ReflectionRoutes(served.registry, [served.service]);
    const rpc = createRpcHandler({
      routes: router => {
        this.routes.register(router);
        health.register(router);
        reflection.register(router);
      },
      explainMissing: path => this.routes.explainMissing(path),
      maxBodySize: settings.maxBodySize,
      log,
    });
    const openApi = createOpenApi(served, new Set(workflows.keys()), version);
    const condition = {
      waitingFor: () => this.readiness.waitingFor(),
      isStopping: () => this.isStopping,
    };
    const { host, ports, drainIdleTimeout } = settings;
    this.listeners = {
      public: new Listener({
        handler: createPublicHandler(settings, this.gate, openApi, rpc),
        host,
        port: ports.public,
        drainIdleTimeout,
      }),
      internal: new Listener({
        handler: createInternalHandler(
          settings,
          this.gate,
          condition,
          openApi,
          rpc,
        ),
        host,
        port: ports.internal,
        drainIdleTimeout,
      }),
      metrics: new Listener({
        handler: createMetricsHandler(metrics),
        host,
        port: ports.metrics,
        drainIdleTimeout,
      }),
    };
    this.listeners.public.drain();
    this.gate.onChange(state => {
      if (state === 'open') {
        this.listeners.public.resume();
      } else {
        this.listeners.public.drain();
      }
    });
  }

  async start(): Promise<Ports> {
    if (await isPublished(this.settings)) {
      // One of several, or in place of another: nobody has to tell it.
      this.gate.set('open');
    }
    this.readiness.start();
    return {
      public: await this.listeners.public.start(),
      internal: await this.listeners.internal.start(),
      metrics: await this.listeners.metrics.start(),
    };
  }

  /**
   * Lets calls finish for the grace period, then ends. Callers whose connections have not heard of it yet are answered, for the last
   * time on that connection; who was not let in before is not now.
   */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.readiness.stop();
    if (this.gate.state === 'open') {
      this.gate.set('draining');
    }
    this.listeners.internal.drain();
    const end = Date.now() + this.settings.gracePeriod;
    while (
      (this.routes.inFlight > 0 || this.gate.inFlight > 0) &&
      Date.now() < end
    ) {
      await new Promise(resolve => {
        setTimeout(resolve, stopPollInterval);
      });
    }
    await Promise.all(
      Object.values(this.listeners).map(listener => listener.stop()),
    );
    await Promise.all(this.nodes.map(node => node.close()));
  }
}

async function isPublished({
  publishedFile,
  release,
}: Settings): Promise<boolean> {
  if (!publishedFile) {
    return false;
  }
  try {
    return (await readFile(publishedFile, 'utf8')).trim() === release;
  } catch {
    // Nothing is published there yet, or it cannot be told: the portal says it.
    return false;
  }
}

function bind(
  workflow: Settings['workflows'][number],
  clients: Map<string, NodeClient>,
): Workflow {
  const nodes = workflow.sequential.flatMap(name => clients.get(name) ?? []);
  return { name: workflow.name, rpc: workflow.rpc, nodes };
}
