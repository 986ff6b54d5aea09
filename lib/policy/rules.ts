/** A house rule in the language of CloudFormation Guard. */
export interface HouseRule {
  readonly name: string;
  readonly content: string;
}

/** Buckets are encrypted with a key of ours. S3 writes access logs only to a bucket with its own encryption. */
const BUCKETS: HouseRule = {
  name: 'buckets',
  content: `
let buckets = Resources.*[ Type == 'AWS::S3::Bucket' ]
rule HOUSE_BUCKET_KEY when %buckets !empty {
  %buckets {
    Properties.BucketEncryption.ServerSideEncryptionConfiguration[*].ServerSideEncryptionByDefault.SSEAlgorithm == 'aws:kms' or
    Properties.BucketName == /-access-logs-/ <<a bucket is encrypted with a key of the platform>>
  }
}
`,
};

/** Load balancers answer over HTTPS alone, with TLS 1.2 or better. */
const LISTENERS: HouseRule = {
  name: 'listeners',
  content: `
let listeners = Resources.*[ Type == 'AWS::ElasticLoadBalancingV2::Listener' ]
rule HOUSE_LISTENER_TLS when %listeners !empty {
  %listeners.Properties.Protocol == 'HTTPS' <<a listener speaks HTTPS>>
  %listeners.Properties.SslPolicy == /TLS13|TLS-1-2/ <<a listener asks for TLS 1.2 or better>>
}
`,
};

/** Log groups end, and are encrypted with a key of ours. */
const LOG_GROUPS: HouseRule = {
  name: 'log-groups',
  content: `
let groups = Resources.*[ Type == 'AWS::Logs::LogGroup' ]
rule HOUSE_LOG_GROUP when %groups !empty {
  %groups.Properties.RetentionInDays exists <<a log group keeps its events for a stated time>>
  %groups.Properties.KmsKeyId exists <<a log group is encrypted with a key of the platform>>
}
`,
};

/** Nothing of a service that AWS has closed to new customers or ends. */
const SERVICES: HouseRule = {
  name: 'services',
  content: `
let closed = Resources.*[ Type == /^AWS::(AppMesh|Cloud9|CodeCommit|CodeStar|Evidently|IoTAnalytics|LookoutMetrics|LookoutVision|QLDB|RoboMaker)::/ ]
rule HOUSE_OPEN_SERVICE when %closed !empty {
  %closed.Type == 'none' <<the service is closed to new customers>>
}
`,
};

/** Every house rule. */
export const HOUSE_RULES: readonly HouseRule[] = [BUCKETS, LISTENERS, LOG_GROUPS, SERVICES];
