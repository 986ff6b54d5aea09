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
let closed = Resources.*[ Type == /^AWS::(CloudTrail::EventDataStore|SageMaker::(HumanTaskUi|FlowDefinition)|(AppMesh|AppRunner|AuditManager|Cloud9|CodeCommit|CodeStar|Evidently|IoTAnalytics|LookoutMetrics|LookoutVision|QLDB|RoboMaker)::)/ ]
rule HOUSE_OPEN_SERVICE when %closed !empty {
  %closed.Type == 'none' <<the service is closed to new customers>>
}
`,
};

/** No policy allows all actions of a service. */
const ACTIONS: HouseRule = {
  name: 'actions',
  content: `
let policies = Resources.*[ Type in ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'] ]
rule HOUSE_NAMED_ACTIONS when %policies !empty {
  %policies {
    let allowed = Properties.PolicyDocument.Statement[ Effect == 'Allow' ]
    when %allowed !empty {
      %allowed.Action[*] != /^([*]|[a-z0-9-]+:[*])$/ <<a policy names its actions>>
    }
  }
}
`,
};

/** No role has a policy of AWS that gives full access. */
const MANAGED_POLICIES: HouseRule = {
  name: 'managed-policies',
  content: `
let roles = Resources.*[ Type == 'AWS::IAM::Role' Properties.ManagedPolicyArns exists ]
rule HOUSE_NO_FULL_ACCESS when %roles !empty {
  %roles.Properties.ManagedPolicyArns[*] {
    when this is_string { this != /FullAccess|AdministratorAccess|PowerUserAccess/ <<a role has no full access>> }
    when this is_struct { 'Fn::Join'[1][*] not in [/FullAccess|AdministratorAccess|PowerUserAccess/] <<a role has no full access>> }
  }
}
`,
};

/** Queues and topics are encrypted with a key of ours. */
const MESSAGES: HouseRule = {
  name: 'messages',
  content: `
let messages = Resources.*[ Type in ['AWS::SNS::Topic', 'AWS::SQS::Queue'] ]
rule HOUSE_MESSAGE_KEY when %messages !empty {
  %messages.Properties.KmsMasterKeyId exists <<messages are encrypted with a key of the platform>>
}
`,
};

/** Every house rule. */
export const HOUSE_RULES: readonly HouseRule[] = [
  BUCKETS,
  LISTENERS,
  LOG_GROUPS,
  SERVICES,
  ACTIONS,
  MANAGED_POLICIES,
  MESSAGES,
];
