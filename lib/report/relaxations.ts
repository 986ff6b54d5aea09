import type { PlatformConfig } from '../config/schema';

/** A value of the configuration that is less safe, or less like a cloud deployment, than its default. */
export interface Relaxation {
  /** Path in the configuration. */
  readonly path: string;
  /** What is given up, and what for. */
  readonly meaning: string;
}

/** Every relaxation of a configuration; none by default. */
export function relaxations(config: PlatformConfig): Relaxation[] {
  const { environment, delivery, network, audit, cluster, cells } = config;
  const zones = Math.min(...cells.map((cell) => cell.zones.length));
  const rules: [boolean, string, string][] = [
    [environment === 'dev', 'environment', "'dev': not meant for production"],
    [
      delivery.compute === 'workers',
      'delivery.compute',
      'training and evaluation run on workers of your own, not as SageMaker jobs: their isolation is yours to see to',
    ],
    [
      network.natGateways < zones,
      'network.natGateways',
      `${network.natGateways} for ${zones} zones: losing the zone of one cuts the way out of the others (it costs less)`,
    ],
    [
      !network.interfaceEndpoints,
      'network.interfaceEndpoints',
      'AWS services are reached through NAT instead of private endpoints (it costs less)',
    ],
    [!audit.trail, 'audit.trail', 'no trail is made here: the organisation must have one'],
    [
      audit.objectLock === 'GOVERNANCE',
      'audit.objectLock',
      'GOVERNANCE: a principal with a special permission can shorten the retention',
    ],
    [cluster.gpuPool?.spot === true, 'cluster.gpuPool.spot', 'GPUs may end with two minutes of notice'],
    [
      cluster.administrators.length > 0,
      'cluster.administrators',
      `${cluster.administrators.length} standing administrators of the cluster`,
    ],
  ];
  return rules.filter(([on]) => on).map(([, path, meaning]) => ({ path, meaning }));
}
