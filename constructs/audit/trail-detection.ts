/** Something in the trail that somebody must look at. */
export interface TrailDetection {
  /** Name, also of the metric. */
  readonly name: string;
  /** Filter pattern for the events, in the syntax of CloudWatch Logs. */
  readonly pattern: string;
  /** What is wrong, in one sentence. */
  readonly meaning: string;
  /** Section of the runbook, in kebab-case. */
  readonly runbookSection: string;
}

/** Calls of CloudFormation are left out: what a deployment changes was reviewed as code. */
const BY_HAND = '($.sourceIPAddress != "cloudformation.amazonaws.com")';

/** Whether an event is one of `source` with one of the `names`. */
function calls(source: string, names: readonly string[], ...more: readonly string[]): string {
  const terms = [`($.eventSource = "${source}.amazonaws.com")`, `(${either('$.eventName', names)})`, ...more];
  return `{ ${terms.join(' && ')} }`;
}

function either(field: string, values: readonly string[]): string {
  return values.map((value) => `(${field} = "${value}")`).join(' || ');
}

/**
 * What an `AuditTrail` watches for by default.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
 */
export const TRAIL_DETECTIONS: readonly TrailDetection[] = [
  {
    name: 'RootUse',
    pattern:
      '{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) && ($.eventType != "AwsServiceEvent") }',
    meaning: 'The root user of the account did something.',
    runbookSection: 'root-use',
  },
  {
    name: 'TrailChanged',
    pattern: calls('cloudtrail', ['CreateTrail', 'DeleteTrail', 'PutEventSelectors', 'StopLogging', 'UpdateTrail']),
    meaning: 'The trail was changed, stopped or deleted.',
    runbookSection: 'trail-changed',
  },
  {
    name: 'KeyDisabled',
    pattern: calls('kms', ['DisableKey', 'PutKeyPolicy', 'ScheduleKeyDeletion'], BY_HAND),
    meaning: 'A key was disabled, scheduled for deletion or given another policy, and not by a deployment.',
    runbookSection: 'key-disabled',
  },
  {
    name: 'BucketPolicyChanged',
    pattern: calls(
      's3',
      [
        'DeleteBucketPolicy',
        'DeleteBucketPublicAccessBlock',
        'PutBucketAcl',
        'PutBucketLifecycle',
        'PutBucketLifecycleConfiguration',
        'PutBucketPolicy',
        'PutBucketPublicAccessBlock',
        'PutBucketVersioning',
        'PutObjectLockConfiguration',
      ],
      BY_HAND,
    ),
    meaning: 'The protection of a bucket was changed, and not by a deployment.',
    runbookSection: 'bucket-policy-changed',
  },
  {
    name: 'AccessPolicyChanged',
    pattern: calls(
      'iam',
      [
        'AttachRolePolicy',
        'AttachUserPolicy',
        'CreateAccessKey',
        'CreatePolicyVersion',
        'CreateUser',
        'DeleteRolePermissionsBoundary',
        'PutRolePolicy',
        'PutUserPolicy',
        'UpdateAssumeRolePolicy',
      ],
      BY_HAND,
    ),
    meaning: 'Permissions of a principal were changed, and not by a deployment.',
    runbookSection: 'access-policy-changed',
  },
  {
    name: 'LedgerProtectionChanged',
    pattern: calls(
      'dynamodb',
      ['DeleteResourcePolicy', 'DeleteTable', 'PutResourcePolicy', 'UpdateContinuousBackups'],
      BY_HAND,
    ),
    meaning: 'The protection of a table, perhaps of the decision ledger, was changed, and not by a deployment.',
    runbookSection: 'ledger-protection-changed',
  },
  {
    name: 'ConsoleWithoutMfa',
    pattern:
      '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }',
    meaning: 'Somebody signed in to the console without a second factor.',
    runbookSection: 'console-without-mfa',
  },
];
