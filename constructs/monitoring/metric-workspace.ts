import { Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnRuleGroupsNamespace, CfnScraper, CfnWorkspace } from 'aws-cdk-lib/aws-aps';
import type { ISecurityGroup, ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { stringify } from 'yaml';
import { integer, matches, requireNone, unique } from '../core/validate';
import { prometheusRule, type RuleGroup } from './metric-rule';
import { scrapeConfiguration } from './private/scrape-configuration';

/** Properties for `MetricWorkspace`. */
export interface MetricWorkspaceProps {
  /** Key that encrypts metrics and logs. It must allow CloudWatch Logs. */
  readonly encryptionKey: IKey;

  /** Where alerts of the rules go. Its policy must let `aps.amazonaws.com` publish. */
  readonly notify: ITopic;

  /**
   * Name shown in the console.
   *
   * @default - none
   */
  readonly alias?: string;

  /**
   * Days that metrics are kept, 1 to 1095.
   *
   * @default 150
   */
  readonly retentionDays?: number;
}

/** What an agentless scraper reads. */
export interface ScraperProps {
  /** Cluster that is scraped. */
  readonly cluster: ICluster;
  /** Its network. */
  readonly vpc: IVpc;
  /** Security group that may reach the pods. */
  readonly securityGroup: ISecurityGroup;
  /**
   * Where the scraper stands, in two zones at least. Subnets without pods let network policies tell the scraper from a pod.
   *
   * @default - the private subnets of `vpc`
   */
  readonly subnets?: readonly ISubnet[];
}

/**
 * Prometheus metrics of a cell: a workspace with rules, alerts and, with `addScraper`, a collector without agents.
 *
 * Encrypted with a customer key, retained when its stack is deleted. Alerts carry owner, contact and runbook. Costs by samples,
 * and about 29 USD per month for a scraper.
 *
 * @see https://docs.aws.amazon.com/prometheus/latest/userguide/what-is-Amazon-Managed-Service-Prometheus.html
 */
export class MetricWorkspace extends Construct {
  /** The workspace. */
  public readonly resource: CfnWorkspace;

  /** @throws PlatformError `IntegerOutOfRange` */
  constructor(scope: Construct, id: string, props: MetricWorkspaceProps) {
    super(scope, id);
    const { encryptionKey, notify, alias, retentionDays = 150 } = props;
    requireNone(this, integer('retentionDays', retentionDays, 1, 1095, 'days'));

    const logs = new LogGroup(this, 'Logs', {
      encryptionKey,
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.resource = new CfnWorkspace(this, 'Resource', {
      alias,
      kmsKeyArn: encryptionKey.keyArn,
      loggingConfiguration: { logGroupArn: Fn.join('', [logs.logGroupArn]) },
      workspaceConfiguration: { retentionPeriodInDays: retentionDays },
      alertManagerDefinition: alertManager(notify.topicArn, Stack.of(this).region),
    });
    this.resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }

  /** ARN of the workspace. */
  public get workspaceArn(): string {
    return this.resource.attrArn;
  }

  /** Address for queries and remote writes. */
  public get endpoint(): string {
    return this.resource.attrPrometheusEndpoint;
  }

  /**
   * Adds rules to the workspace, in the stack of `scope`.
   *
   * @param name namespace of the rules: 1 to 64 letters, digits, hyphens, unique in the workspace
   * @throws PlatformError `InvalidFormat`, `DuplicateValue`
   */
  public addRules(scope: Construct, name: string, groups: readonly RuleGroup[]): CfnRuleGroupsNamespace {
    requireNone(
      scope,
      matches(
        'name',
        name,
        /^[0-9A-Za-z][-.0-9A-Z_a-z]{0,63}$/,
        '1 to 64 letters, digits, dots, underscores or hyphens',
      ),
      unique(
        'groups',
        groups.map((group) => group.name),
      ),
    );
    return new CfnRuleGroupsNamespace(scope, `Rules-${name}`, {
      workspace: this.workspaceArn,
      name,
      data: rulesFile(groups),
    });
  }

  /** Collects metrics of the gateway and the models of a cluster every 30 seconds, without an agent in the cluster. */
  public addScraper(scope: Construct, { cluster, vpc, securityGroup, subnets }: ScraperProps): CfnScraper {
    return new CfnScraper(scope, 'Scraper', {
      destination: { ampConfiguration: { workspaceArn: this.workspaceArn } },
      scrapeConfiguration: { configurationBlob: Buffer.from(scrapeConfiguration()).toString('base64') },
      source: {
        eksConfiguration: {
          clusterArn: cluster.clusterArn,
          subnetIds: (subnets ?? vpc.privateSubnets).map((subnet) => subnet.subnetId),
          securityGroupIds: [securityGroup.securityGroupId],
        },
      },
    });
  }
}

/** The rules as the file that Prometheus and promtool read. */
export function rulesFile(groups: readonly RuleGroup[]): string {
  return stringify(
    { groups: groups.map(({ name, rules }) => ({ name, rules: rules.map(prometheusRule) })) },
    { lineWidth: 0 },
  );
}

function alertManager(topicArn: string, region: string): string {
  return Fn.sub(
    stringify({
      alertmanager_config: stringify({
        route: {
          receiver: 'owners',
          group_by: ['alertname', 'model'],
          group_wait: '30s',
          group_interval: '5m',
          repeat_interval: '4h',
        },
        receivers: [
          {
            name: 'owners',
            sns_configs: [{ topic_arn: '${Topic}', sigv4: { region: '${Region}' }, send_resolved: true }],
          },
        ],
      }),
    }),
    { Topic: topicArn, Region: region },
  );
}
