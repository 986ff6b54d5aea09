/** A resource: an ARN, or `[stack, start of the logical id, type]` of the template. */
export type Target = string | readonly [stack: string, id: string, type: string];

/** A call: action, resource, context. */
export type Call = readonly [action: string, on: Target, context?: Readonly<Record<string, string | string[]>>];

/** What one role is for. */
export interface RoleRow {
  /** Calls that it must be able to make. */
  readonly may: readonly Call[];
  /** Calls near its work that it must not be able to make; the escalations are tried for every role. */
  readonly mayNot: readonly Call[];
  /** AWS-managed policies that it has; none unless named. */
  readonly managed?: readonly string[];
  /** Escalations that are this role's work. */
  readonly holds?: readonly string[];
}

const HOME = 'eu-west-1:123456789012';
const s3 = (bucket: string, key = '') => `arn:aws:s3:::full-ml-${bucket}-123456789012-eu-west-1${key && `/${key}`}`;
const table = (name: string) => `arn:aws:dynamodb:${HOME}:table/full-ml-${name}`;
const stream = (group: string) => `arn:aws:logs:${HOME}:log-group:${group}:log-stream:one`;
const handler = (id: string): Target => ['Delivery', id, 'AWS::Lambda::Function'];
const invoke = (path: string) => `arn:aws:execute-api:${HOME}:full-ml-control-delivery-models/$default/${path}`;
const MODEL = 'models/iris/1.0.0/model.tar.gz';
const OTHER_MODEL = 'models/roses/1.0.0/model.tar.gz';
const WORKFLOW = `arn:aws:states:${HOME}:stateMachine:full-ml-training-iris`;
const OTHER_WORKFLOW = `arn:aws:states:${HOME}:stateMachine:other-iris`;
const BUS = `arn:aws:events:${HOME}:event-bus/full-ml-delivery`;
const OURS = { 'events:source': ['groundplane.full-ml'] };
const FOREIGN = { 'events:source': ['groundplane.other'] };
const NODE: RoleRow = {
  may: [],
  mayNot: [
    ['s3:GetObject', s3('main-art', MODEL)],
    ['eks:DescribeCluster', `arn:aws:eks:${HOME}:cluster/full-ml-main`],
  ],
  managed: ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly'],
};

/** Every role of the platform, by stack and logical id. A role without a row fails the suite. */
export const ROLES: Readonly<Record<string, RoleRow>> = {
  'Audit/TrailDeliveryRole': {
    may: [
      [
        'logs:PutLogEvents',
        `arn:aws:logs:${HOME}:log-group:traileventsd44dc775:log-stream:123456789012_CloudTrail_eu-west-1`,
      ],
    ],
    mayNot: [['logs:PutLogEvents', stream('other')]],
  },
  'Registry/ModelsExperimentsRole': {
    may: [['s3:PutObject', s3('artifacts', 'experiments/1/metrics.json')]],
    mayNot: [['s3:PutObject', s3('artifacts', MODEL)]],
  },
  'Delivery/PromotionSubmissionSubmitRole': {
    may: [
      ['states:StartExecution', WORKFLOW],
      ['dynamodb:PutItem', table('reviews')],
      ['dynamodb:PutItem', table('decisions')],
    ],
    mayNot: [
      ['states:StartExecution', OTHER_WORKFLOW],
      ['dynamodb:PutItem', table('models')],
    ],
  },
  'Delivery/PromotionGateJudgeRole': {
    may: [
      ['s3:PutObject', s3('evidence', 'evidence/iris/1/evidence.json')],
      ['dynamodb:PutItem', table('decisions')],
    ],
    mayNot: [
      ['s3:PutObject', s3('artifacts', MODEL)],
      ['dynamodb:PutItem', table('models')],
      ['dynamodb:PutItem', table('reviews')],
    ],
  },
  'Delivery/PromotionReviewRequestRole': {
    may: [
      ['dynamodb:PutItem', table('reviews')],
      ['events:PutEvents', BUS, OURS],
    ],
    mayNot: [
      ['events:PutEvents', BUS, FOREIGN],
      ['dynamodb:PutItem', table('models')],
    ],
  },
  'Delivery/PromotionReviewDecideRole': {
    may: [
      ['states:SendTaskSuccess', '*'],
      ['dynamodb:PutItem', table('decisions')],
    ],
    mayNot: [
      ['states:StartExecution', WORKFLOW],
      ['dynamodb:PutItem', table('models')],
      ['s3:PutObject', s3('artifacts', MODEL)],
    ],
    holds: ['states:SendTaskSuccess'],
  },
  'Delivery/PromotionRegistrationRegisterRole': {
    may: [
      ['s3:PutObject', s3('artifacts', MODEL)],
      ['dynamodb:PutItem', table('models')],
      ['kms:Sign', ['Registry', 'ModelsSigningKey', 'AWS::KMS::Key'], { 'kms:SigningAlgorithm': 'ECDSA_SHA_256' }],
    ],
    mayNot: [
      ['dynamodb:PutItem', table('reviews')],
      ['s3:PutObject', s3('evidence', 'evidence/iris/1/evidence.json')],
      ['kms:Sign', ['Registry', 'ModelsSigningKey', 'AWS::KMS::Key'], { 'kms:SigningAlgorithm': 'ECDSA_SHA_384' }],
    ],
  },
  'Delivery/PromotionCheckRole': {
    may: [
      ['s3:GetObject', s3('datasets', 'datasets/iris/1.0.0/dataset.json')],
      ['dynamodb:GetItem', table('models')],
    ],
    mayNot: [
      ['dynamodb:PutItem', table('reviews')],
      ['s3:PutObject', s3('datasets', 'datasets/iris/1.0.0/dataset.json')],
    ],
  },
  'Delivery/PromotionRejectRole': {
    may: [
      ['dynamodb:PutItem', table('reviews')],
      ['dynamodb:PutItem', table('decisions')],
    ],
    mayNot: [['dynamodb:PutItem', table('models')]],
  },
  'Delivery/PipelineirisRole': {
    may: [
      ['sagemaker:CreateTrainingJob', `arn:aws:sagemaker:${HOME}:training-job/iris-1`],
      ['lambda:InvokeFunction', handler('PromotionGateJudge')],
      ['iam:PassRole', ['Delivery', 'PipelineirisJobRole', 'AWS::IAM::Role'], passed('sagemaker')],
    ],
    mayNot: [
      ['lambda:InvokeFunction', handler('PromotionReviewDecide')],
      ['iam:PassRole', ['Delivery', 'PipelineirisJobRole', 'AWS::IAM::Role'], passed('lambda')],
      ['sagemaker:CreateTrainingJob', `arn:aws:sagemaker:${HOME}:training-job/roses-1`],
      ['s3:PutObject', s3('artifacts', MODEL)],
    ],
  },
  'Delivery/PipelineirisJobRole': {
    may: [
      ['s3:GetObject', s3('datasets', 'datasets/iris/1.0.0/dataset.json')],
      ['s3:PutObject', s3('artifacts', 'work/iris/1/model.tar.gz')],
    ],
    mayNot: [
      ['s3:PutObject', s3('artifacts', 'work/roses/1/model.tar.gz')],
      ['s3:PutObject', s3('artifacts', MODEL)],
      ['dynamodb:PutItem', table('models')],
    ],
  },
  'Delivery/WorkerRole': {
    may: [
      ['sqs:ReceiveMessage', `arn:aws:sqs:${HOME}:local-ml-training-jobs`],
      ['states:SendTaskSuccess', '*'],
      ['s3:PutObject', 'arn:aws:s3:::local-ml-artifacts-123456789012-eu-west-1/work/iris/1/model.tar.gz'],
    ],
    mayNot: [
      ['sqs:SendMessage', `arn:aws:sqs:${HOME}:local-ml-training-jobs`],
      ['s3:PutObject', `arn:aws:s3:::local-ml-artifacts-123456789012-eu-west-1/${MODEL}`],
      ['dynamodb:PutItem', `arn:aws:dynamodb:${HOME}:table/local-ml-models`],
    ],
    holds: ['states:SendTaskSuccess'],
  },
  'Delivery/SubmitterRole': {
    may: [['execute-api:Invoke', invoke('POST/submissions/iris')]],
    mayNot: [
      ['execute-api:Invoke', invoke('POST/reviews/iris/1.0.0')],
      ['execute-api:Invoke', invoke('POST/submissions/roses')],
      ['states:StartExecution', WORKFLOW],
    ],
  },
  'Delivery/ReviewerRole': {
    may: [['execute-api:Invoke', invoke('POST/reviews/iris/1.0.0')]],
    mayNot: [
      ['execute-api:Invoke', invoke('POST/submissions/iris')],
      ['lambda:InvokeFunction', handler('PromotionReviewDecide')],
    ],
  },
  'Data/FeaturesRole': {
    may: [
      ['s3:PutObject', s3('main-feat', 'iris/data.parquet')],
      ['glue:UpdateTable', `arn:aws:glue:${HOME}:table/full_ml_main_features/iris`],
    ],
    mayNot: [
      ['s3:GetObject', s3('main-feat', 'iris/data.parquet')],
      ['s3:GetObject', s3('main-art', MODEL)],
    ],
  },
  'Identity/IssuerTenantClaimsRole': {
    may: [['ssm:GetParameter', `arn:aws:ssm:${HOME}:parameter/fullmlmainidentity-Issuer-9669C9D5/clients/one`]],
    mayNot: [['ssm:GetParameter', `arn:aws:ssm:${HOME}:parameter/other`]],
  },
  'Network/NetworkAllIAMRole': {
    may: [['logs:PutLogEvents', stream('networkflowlogs2bec3212')]],
    mayNot: [['logs:PutLogEvents', stream('other')]],
  },
  'Cluster/ClusterNodeRole': NODE,
  'Cluster/ClusterGeneralPoolNodeRole': NODE,
  'Cluster/GpuPoolNodeRole': NODE,
  'Cluster/ClusterDeployerRole': {
    may: [
      ['eks:DescribeCluster', `arn:aws:eks:${HOME}:cluster/full-ml-main`],
      ['s3:GetObject', 'arn:aws:s3:::cdk-hnb659fds-assets-123456789012-eu-west-1/chart.zip'],
    ],
    mayNot: [['eks:DescribeCluster', `arn:aws:eks:${HOME}:cluster/other`]],
  },
  'Cluster/ClusterRole': {
    may: [['kms:Decrypt', ['Cluster', 'ClusterKey', 'AWS::KMS::Key']]],
    mayNot: [
      ['kms:CreateGrant', ['Cluster', 'ClusterKey', 'AWS::KMS::Key'], { 'kms:GrantIsForAWSResource': 'false' }],
      ['s3:GetObject', s3('main-art', MODEL)],
    ],
    managed: [
      'AmazonEKSClusterPolicy',
      'AmazonEKSComputePolicy',
      'AmazonEKSBlockStoragePolicy',
      'AmazonEKSLoadBalancingPolicy',
      'AmazonEKSNetworkingPolicy',
    ],
  },
  'Cluster/ClusterKubectlProviderframeworkonEventServiceRole': {
    may: [['lambda:InvokeFunction', ['Cluster', 'ClusterKubectlProviderHandler', 'AWS::Lambda::Function']]],
    mayNot: [['lambda:InvokeFunction', handler('PromotionReviewDecide')]],
  },
  'Cluster/ClusterAddOnsObservabilityRole': {
    may: [['cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': 'ContainerInsights' }]],
    mayNot: [
      ['cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': 'AWS/Billing' }],
      ['logs:PutLogEvents', stream('/aws/other')],
    ],
  },
  'Controllers/ControllersRateLimitRole': {
    may: [['secretsmanager:GetSecretValue', ['Edge', 'RateLimitStoreToken', 'AWS::SecretsManager::Secret']]],
    mayNot: [['secretsmanager:GetSecretValue', `arn:aws:secretsmanager:${HOME}:secret:other-a1b2c3`]],
    holds: ['secretsmanager:GetSecretValue'],
  },
  'Serving/ModelirisIdentityRole': {
    may: [['s3:GetObject', s3('main-art', MODEL)]],
    mayNot: [
      ['s3:GetObject', s3('main-art', OTHER_MODEL)],
      ['s3:PutObject', s3('main-art', MODEL)],
    ],
  },
  'Serving/ModelassistantIdentityRole': {
    may: [['s3:GetObject', s3('main-art', 'models/assistant/2.1.0/weights.safetensors')]],
    mayNot: [['s3:GetObject', s3('main-art', MODEL)]],
  },
  'ArtifactReplication/ReplicationHandlerRole': {
    may: [
      ['s3:GetObject', s3('artifacts', MODEL)],
      ['s3:PutObject', s3('main-art', MODEL)],
    ],
    mayNot: [
      ['s3:PutObject', s3('artifacts', MODEL)],
      ['s3:GetObject', s3('datasets', 'datasets/iris/1.0.0/dataset.json')],
    ],
  },
};

function passed(service: string): Readonly<Record<string, string>> {
  return { 'iam:PassedToService': `${service}.amazonaws.com` };
}

/** What no role may do, but those that hold it. `prefix` is the name of the platform. */
export function escalations(prefix: string, other: Target): readonly Call[] {
  const buckets = ['artifacts', 'evidence', 'log-archive', 'main-art'].map(
    (name) => `arn:aws:s3:::${prefix}-${name}-123456789012-eu-west-1`,
  );
  return [
    ['iam:PassRole', 'arn:aws:iam::123456789012:role/admin', passed('sagemaker')],
    ['iam:AttachRolePolicy', 'arn:aws:iam::123456789012:role/admin'],
    ['iam:CreateAccessKey', 'arn:aws:iam::123456789012:user/admin'],
    ['sts:AssumeRole', other],
    ['kms:ScheduleKeyDeletion', ['Registry', 'Key', 'AWS::KMS::Key']],
    ['kms:ScheduleKeyDeletion', ['Registry', 'ModelsSigningKey', 'AWS::KMS::Key']],
    ...buckets.map((bucket): Call => ['s3:DeleteObjectVersion', `${bucket}/${MODEL}`]),
    ...buckets.map((bucket): Call => ['s3:PutBucketPolicy', bucket]),
    ['dynamodb:DeleteItem', `arn:aws:dynamodb:${HOME}:table/${prefix}-decisions`],
    ['dynamodb:UpdateItem', `arn:aws:dynamodb:${HOME}:table/${prefix}-decisions`],
    ['states:SendTaskSuccess', '*'],
    ['cloudtrail:StopLogging', `arn:aws:cloudtrail:${HOME}:trail/${prefix}-eu-west-1`],
    ['eks:CreateAccessEntry', `arn:aws:eks:${HOME}:cluster/${prefix}-main`],
    ['lambda:UpdateFunctionCode', handler('PromotionGateJudge')],
    ['secretsmanager:GetSecretValue', ['Edge', 'RateLimitStoreToken', 'AWS::SecretsManager::Secret']],
  ];
}
