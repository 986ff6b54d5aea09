import { Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ILogGroup, LogGroup, ResourcePolicy, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { integer, matches, oneOf, requireNone } from '../core/validate';

/** Properties for `WebAcl`. */
export interface WebAclProps {
  /** Key that encrypts the log. It must allow CloudWatch Logs (`EncryptionKey.allowLogs`). */
  readonly encryptionKey: IKey;

  /**
   * Name of the log group; the service wants it to start with `aws-waf-logs-`.
   *
   * @default - made from the path of the construct
   */
  readonly logGroupName?: string;

  /**
   * Requests of one address in five minutes, 100 to 2,000,000; more are refused with 403.
   *
   * @default 10000
   */
  readonly requestsPerAddress?: number;

  /**
   * What a rule does that finds a script, an address of a file or of a metadata service in a body: refuse, or only count.
   * A body here is text for a model; code and addresses in it are data.
   *
   * @default 'count'
   */
  readonly bodyRules?: 'count' | 'block';
}

/** Rules of the common set that judge the body of a request. */
const BODY_RULES = ['CrossSiteScripting_BODY', 'EC2MetaDataSSRF_BODY', 'GenericLFI_BODY', 'GenericRFI_BODY'];

/**
 * A web application firewall for the public edge, with its log.
 *
 * AWS managed rules (address reputation, common, known bad inputs), a limit per address, and a refusal of bodies that
 * declare 10 MB or more; the exact body limit is the gateway's, because the firewall sees only the first 8 KB. The log
 * leaves out the authorization header and cookies. Costs about 10 USD per month and 0.60 USD per million requests.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 */
export class WebAcl extends Construct {
  /** The web ACL. */
  public readonly resource: CfnWebACL;

  /** Log of every request that was judged. */
  public readonly logGroup: ILogGroup;

  /** Name of the ACL's metrics. */
  public readonly metricName: string;

  constructor(scope: Construct, id: string, props: WebAclProps) {
    super(scope, id);
    const { requestsPerAddress = 10_000, bodyRules = 'count' } = props;
    const logGroupName = props.logGroupName ?? `aws-waf-logs-${Names.uniqueResourceName(this, { maxLength: 100 })}`;
    requireNone(
      this,
      integer('requestsPerAddress', requestsPerAddress, 100, 2_000_000, 'requests'),
      oneOf('bodyRules', bodyRules, ['count', 'block']),
      matches('logGroupName', logGroupName, /^aws-waf-logs-./, "a name that starts with 'aws-waf-logs-'"),
    );

    this.metricName = Names.uniqueResourceName(this, { maxLength: 60 });
    this.resource = this.createAcl(
      requestsPerAddress,
      bodyRules === 'count' ? ['SizeRestrictions_BODY', ...BODY_RULES] : ['SizeRestrictions_BODY'],
    );
    this.logGroup = new LogGroup(this, 'Log', {
      logGroupName,
      encryptionKey: props.encryptionKey,
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.createLogging(logGroupName);
  }

  /** Puts the ACL before a load balancer. */
  public protect(id: string, resourceArn: string): CfnWebACLAssociation {
    return new CfnWebACLAssociation(this, id, { resourceArn, webAclArn: this.resource.attrArn });
  }

  /** Requests that were refused, all rules together. */
  public metricBlocked(): Metric {
    return new Metric({
      namespace: 'AWS/WAFV2',
      metricName: 'BlockedRequests',
      dimensionsMap: { WebACL: this.metricName, Region: Stack.of(this).region, Rule: 'ALL' },
      statistic: Stats.SUM,
    });
  }

  private createAcl(requestsPerAddress: number, counted: readonly string[]): CfnWebACL {
    return new CfnWebACL(this, 'Resource', {
      scope: 'REGIONAL',
      description: 'Protects the inference gateway',
      defaultAction: { allow: {} },
      visibilityConfig: visibility(this.metricName),
      rules: [
        {
          name: 'RequestsPerAddress',
          priority: 0,
          action: { block: {} },
          statement: {
            rateBasedStatement: { aggregateKeyType: 'IP', limit: requestsPerAddress, evaluationWindowSec: 300 },
          },
          visibilityConfig: visibility('RequestsPerAddress'),
        },
        declaredBodySize(1),
        managed('AWSManagedRulesAmazonIpReputationList', 2, []),
        managed('AWSManagedRulesCommonRuleSet', 3, counted),
        managed('AWSManagedRulesKnownBadInputsRuleSet', 4, []),
      ],
    });
  }

  private createLogging(logGroupName: string): void {
    const { partition, region, account } = Stack.of(this);
    const delivery = new ResourcePolicy(this, 'LogDelivery', {
      policyStatements: [
        new PolicyStatement({
          principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [`arn:${partition}:logs:${region}:${account}:log-group:${logGroupName}:log-stream:*`],
          conditions: {
            StringEquals: { 'aws:SourceAccount': account },
            ArnLike: { 'aws:SourceArn': `arn:${partition}:logs:${region}:${account}:*` },
          },
        }),
      ],
    });
    const logging = new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.resource.attrArn,
      logDestinationConfigs: [`arn:${partition}:logs:${region}:${account}:log-group:${logGroupName}`],
      redactedFields: [{ singleHeader: { Name: 'authorization' } }, { singleHeader: { Name: 'cookie' } }],
    });
    logging.node.addDependency(delivery, this.logGroup);
  }
}

function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}

function managed(name: string, priority: number, counted: readonly string[]): CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: visibility(name),
  };
}

/** Refuses a `content-length` of eight digits or more. */
function declaredBodySize(priority: number): CfnWebACL.RuleProperty {
  return {
    name: 'DeclaredBodySize',
    priority,
    action: { block: {} },
    statement: {
      regexMatchStatement: {
        fieldToMatch: { singleHeader: { Name: 'content-length' } },
        regexString: '^[0-9]{8,}$',
        textTransformations: [{ priority: 0, type: 'NONE' }],
      },
    },
    visibilityConfig: visibility('DeclaredBodySize'),
  };
}
