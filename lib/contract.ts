import { artifactKey } from '../constructs/registry/object-keys';
import type { CellConfig, PlatformConfig } from './config/schema';

/** Where something lives. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** Names of what exists once per account and region. */
export interface AccountNames extends Place {
  readonly accessLogsBucket: string;
  readonly logArchiveBucket: string;
  /** Whether this is the first region of its account: the one that holds the trail of all regions. */
  readonly home: boolean;
  readonly trail: string;
  readonly auditKeyAlias: string;
  readonly auditWorkGroup: string;
  readonly auditResultBucket: string;
  readonly auditNamespace: string;
  /** Topic of the alarms of the account; only where `home` is true. */
  readonly alertTopic: string;
}

/** Names of the control plane. */
export interface ControlPlaneNames extends Place {
  readonly keyAlias: string;
  readonly artifactBucket: string;
  readonly datasetBucket: string;
  readonly promptBucket: string;
  readonly evidenceBucket: string;
  /** Prefix of image repositories; the repository of image `predictor` is `<prefix>/predictor`. */
  readonly repositoryPrefix: string;
  readonly modelTable: string;
  readonly ledgerTable: string;
  readonly reviewTable: string;
  readonly eventBus: string;
  /** Prefix of model package groups; the group of model `iris` is `<prefix>-iris`. */
  readonly modelPackageGroupPrefix: string;
  readonly mlflowApp: string;
  readonly signingKeyAlias: string;
  /** Prefix of training workflows; the state machine of model `iris` is `<prefix>-iris`. */
  readonly trainingPrefix: string;
  readonly workerQueue: string;
  readonly workerRole: string;
  readonly submitterRole: string;
  readonly reviewerRole: string;
}

/** Names of one cell of the data plane. */
export interface CellNames extends Place {
  readonly cell: string;
  readonly prefix: string;
  readonly keyAlias: string;
  readonly cluster: string;
  readonly artifactBucket: string;
  /** Role of the control plane's account that writes to `artifactBucket`. */
  readonly replicatorRole: string;
  readonly featureBucket: string;
  /** Glue database of the offline feature tables. */
  readonly featureDatabase: string;
  readonly vectorBucket: string;
  readonly requestLogBucket: string;
  readonly userPoolDomain: string;
  readonly webAclLogGroup: string;
  readonly alertTopic: string;
  readonly metricNamespace: string;
}

/** What the planes know of each other: names, and nothing that has to be looked up. */
export interface PlatformContract {
  readonly platform: string;
  /** Event source of everything that the platform emits. */
  readonly eventSource: string;
  /** Accounts and regions in use, the one of the control plane first. */
  readonly accounts: readonly AccountNames[];
  readonly controlPlane: ControlPlaneNames;
  readonly cells: readonly CellNames[];
}

/** Types of event on the delivery bus. */
export const EventType = {
  modelRegistered: 'Model Registered',
  modelRejected: 'Model Rejected',
  reviewRequested: 'Review Requested',
  reviewEscalated: 'Review Escalated',
  reviewDecided: 'Review Decided',
} as const;

export { artifactKey } from '../constructs/registry/object-keys';

/** Bucket for the access logs of what stands in `place`: S3 and load balancers write within their own account and region. */
export function accessLogsBucketAt({ accounts }: PlatformContract, { account, region }: Place): string {
  return accounts.find((names) => names.account === account && names.region === region)!.accessLogsBucket;
}

/** Object key of the manifest of weights that are streamed, in the artefact store and in every replica of it. */
export function weightsManifestKey(model: string, version: string): string {
  return artifactKey(model, version).replace(/[^/]+$/, 'manifest.json');
}

/**
 * Computes every physical name from the configuration alone.
 *
 * Physical names exist nowhere else. The schema bounds the parts so that no name passes the limit of its service
 * (63 characters for a bucket, 64 for a role); a test holds it to that.
 */
export function platformContract(config: PlatformConfig): PlatformContract {
  const places = accountsOf(config);
  return {
    platform: config.name,
    eventSource: `groundplane.${config.name}`,
    accounts: places.map((place, index) =>
      accountNames(config.name, place, places.findIndex(({ account }) => account === place.account) === index),
    ),
    controlPlane: controlPlaneNames(config.name, { account: config.account, region: config.region }),
    cells: config.cells.map((cell) => cellNames(config.name, cell)),
  };
}

function accountsOf(config: PlatformConfig): Place[] {
  const places = new Map<string, Place>();
  for (const { account, region } of [config, ...config.cells]) places.set(`${account}/${region}`, { account, region });
  return [...places.values()];
}

function accountNames(name: string, { account, region }: Place, home: boolean): AccountNames {
  return {
    account,
    region,
    accessLogsBucket: `${name}-access-logs-${account}-${region}`,
    logArchiveBucket: `${name}-log-archive-${account}-${region}`,
    home,
    trail: `${name}-${region}`,
    auditKeyAlias: `alias/${name}-audit`,
    auditWorkGroup: `${name}-audit`,
    auditResultBucket: `${name}-audit-results-${account}-${region}`,
    auditNamespace: `Groundplane/${name}/Audit`,
    alertTopic: `${name}-account-alerts`,
  };
}

function controlPlaneNames(name: string, { account, region }: Place): ControlPlaneNames {
  const bucket = (part: string) => `${name}-${part}-${account}-${region}`;
  return {
    account,
    region,
    keyAlias: `alias/${name}-registry`,
    artifactBucket: bucket('artifacts'),
    datasetBucket: bucket('datasets'),
    promptBucket: bucket('prompts'),
    evidenceBucket: bucket('evidence'),
    repositoryPrefix: name,
    modelTable: `${name}-models`,
    ledgerTable: `${name}-decisions`,
    reviewTable: `${name}-reviews`,
    eventBus: `${name}-delivery`,
    modelPackageGroupPrefix: name,
    mlflowApp: `${name}-experiments`,
    signingKeyAlias: `alias/${name}-artifact-signing`,
    trainingPrefix: `${name}-training`,
    workerQueue: `${name}-training-jobs`,
    workerRole: `${name}-training-worker-${region}`,
    submitterRole: `${name}-model-submitter-${region}`,
    reviewerRole: `${name}-model-reviewer-${region}`,
  };
}

function cellNames(name: string, { name: cell, account, region }: CellConfig): CellNames {
  const prefix = `${name}-${cell}`;
  const bucket = (part: string) => `${prefix}-${part}-${account}-${region}`;
  return {
    account,
    region,
    cell,
    prefix,
    keyAlias: `alias/${prefix}-data`,
    cluster: prefix,
    artifactBucket: bucket('art'),
    replicatorRole: `${prefix}-artifact-replicator`,
    featureBucket: bucket('feat'),
    featureDatabase: `${prefix.replaceAll('-', '_')}_features`,
    vectorBucket: bucket('vec'),
    requestLogBucket: bucket('req'),
    userPoolDomain: `${prefix}-${account}`,
    webAclLogGroup: `aws-waf-logs-${prefix}`,
    alertTopic: `${prefix}-alerts`,
    metricNamespace: `Groundplane/${prefix}`,
  };
}
