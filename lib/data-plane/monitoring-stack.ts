import type { ISubnet } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { InferenceCluster } from '../../constructs/cluster';
import { type FeatureGroup, FeatureMonitoring } from '../../constructs/features';
import type { GatewayEdge } from '../../constructs/gateway';
import type { InferenceService } from '../../constructs/inference';
import {
  GatewayMonitoring,
  InferenceMonitoring,
  type MetricWorkspace,
  MonthlyBudget,
  type NotificationChannel,
  PlatformDashboard,
} from '../../constructs/monitoring';
import { platformOwner } from '../owner';
import type { CellInput } from '../platform';
import { PlatformStack } from '../platform-stack';

/** Properties for `MonitoringStack`. */
export interface MonitoringStackProps {
  readonly input: CellInput;
  /** Cluster whose pods are scraped. */
  readonly cluster: InferenceCluster;
  /** Subnets of the metric scraper; the network policies of the models let them in. */
  readonly scraperSubnets: readonly ISubnet[];
  /** Public edge. */
  readonly edge: GatewayEdge;
  /** Models that are served. */
  readonly services: readonly InferenceService[];
  /** Feature groups by name. */
  readonly featureGroups: Readonly<Record<string, FeatureGroup>>;
  /** Where alarms go. */
  readonly notifications: NotificationChannel;
  /** Metrics of the cell. */
  readonly workspace: MetricWorkspace;
}

/** Golden signals, alarms, dashboard and budget of a cell. */
export class MonitoringStack extends PlatformStack {
  constructor(scope: Construct, id: string, props: MonitoringStackProps) {
    const { input, cluster, edge, services, notifications, workspace } = props;
    super(scope, id, {
      platform: input.contract.platform,
      stage: input.cell.name,
      place: input.names,
      description: 'Alarms, dashboard and budget of the cell',
      stateful: false,
      owner: input.config.owner,
    });
    workspace.addScraper(this, {
      cluster: cluster.cluster,
      vpc: cluster.vpc,
      securityGroup: cluster.securityGroup,
      subnets: props.scraperSubnets,
    });
    for (const model of services) new InferenceMonitoring(this, `Model-${model.modelName}`, { workspace, model });
    const features = Object.entries(props.featureGroups).map(
      ([name, group]) => new FeatureMonitoring(this, `Features-${name}`, { group, notify: notifications.action }),
    );
    const gateway = new GatewayMonitoring(this, 'Gateway', {
      metrics: edge.metrics,
      owner: platformOwner(input.config),
      notify: notifications.action,
    });
    new PlatformDashboard(this, 'Dashboard', {
      title: `${input.names.prefix}: inference`,
      dashboardName: input.names.prefix,
      edge: edge.metrics,
      alarms: [gateway, ...features].flatMap(({ alarms }) => Object.values(alarms)),
    });
    new MonthlyBudget(this, 'Budget', {
      usd: input.config.monitoring.monthlyBudgetUsd,
      notify: notifications.topic,
      budgetName: input.names.prefix,
    });
  }
}
