import { Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CellInput } from '../platform';
import { ClusterStack } from './cluster-stack';
import { ControllersStack } from './controllers-stack';
import { DataStack } from './data-stack';
import { EdgeStack } from './edge-stack';
import { IdentityStack } from './identity-stack';
import { MonitoringStack } from './monitoring-stack';
import { NetworkStack } from './network-stack';
import { ServingStack } from './serving-stack';
import { TelemetryStack } from './telemetry-stack';

/** One cell of the data plane: it serves, and goes on serving while the control plane is down. */
export class DataPlaneStage extends Stage {
  constructor(scope: Construct, id: string, input: CellInput) {
    super(scope, id, { env: { account: input.names.account, region: input.names.region } });
    const { network } = new NetworkStack(this, 'Network', { input });
    const { issuer } = new IdentityStack(this, 'Identity', { input });
    const { artifacts, encryptionKey, featureGroups } = new DataStack(this, 'Data', { input });
    const { notifications, workspace } = new TelemetryStack(this, 'Telemetry', { input });
    const { cluster } = new ClusterStack(this, 'Cluster', { input, vpc: network.vpc });
    const { edge, rateLimitStore } = new EdgeStack(this, 'Edge', {
      input,
      vpc: network.vpc,
      clusterSecurityGroup: cluster.securityGroup,
      issuer,
    });
    const controllers = new ControllersStack(this, 'Controllers', { input, cluster, rateLimit: rateLimitStore });
    const serving = new ServingStack(this, 'Serving', {
      input,
      cluster: cluster.cluster,
      edge,
      issuer,
      artifacts,
      encryptionKey,
      scraperSubnets: network.vpc.isolatedSubnets,
    });
    serving.addStackDependency(controllers, 'namespaces, definitions and policies come before workloads');
    new MonitoringStack(this, 'Monitoring', {
      input,
      cluster,
      scraperSubnets: network.vpc.isolatedSubnets,
      edge,
      services: serving.services,
      featureGroups,
      notifications,
      workspace,
    });
  }
}
