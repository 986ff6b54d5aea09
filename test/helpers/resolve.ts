import type { AssembledStack, TemplateResource } from './platform';

type Intrinsic = Readonly<Record<string, unknown>>;

/** Names under which a resource's physical name stands in its properties. */
const NAME_PROPERTIES = [
  'BucketName',
  'RoleName',
  'TableName',
  'QueueName',
  'TopicName',
  'FunctionName',
  'StateMachineName',
  'RepositoryName',
  'Name',
  'ClusterName',
];

const ACCOUNT = '123456789012';
const REGION = 'eu-west-1';

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': ACCOUNT,
  'AWS::Region': REGION,
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'stack',
  'AWS::StackId': 'stack-id',
  'AWS::NoValue': '',
};

/**
 * Evaluates the intrinsic functions of policy documents over all templates of a platform, so that a simulator sees plain ARNs.
 * A resource without a physical name is called after its logical id.
 */
export class TemplateResolver {
  readonly #exports: ReadonlyMap<string, { value: unknown; stack: AssembledStack }>;

  constructor(stacks: readonly AssembledStack[]) {
    this.#exports = new Map(
      stacks.flatMap((stack) =>
        Object.values(stack.template.Outputs ?? {}).flatMap((output) => {
          const { Export, Value } = output as { Export?: { Name: string }; Value: unknown };
          return Export ? [[Export.Name, { value: Value, stack }] as const] : [];
        }),
      ),
    );
  }

  /** `value` with every intrinsic function evaluated in `stack`. */
  public resolve(value: unknown, stack: AssembledStack): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolve(item, stack));
    if (typeof value !== 'object' || value === null) return value;
    const keys = Object.keys(value);
    const [name] = keys;
    if (keys.length === 1 && (name === 'Ref' || name!.startsWith('Fn::')))
      return this.intrinsic(name!, value as Intrinsic, stack);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.resolve(item, stack)]));
  }

  /** ARN of the resource with `logicalId`. */
  public arn(logicalId: string, stack: AssembledStack): string {
    const resource = stack.template.Resources[logicalId];
    return resource ? arnOf(resource, this.nameOf(logicalId, resource, stack)) : `arn:aws:unknown:::${logicalId}`;
  }

  private intrinsic(name: string, value: Intrinsic, stack: AssembledStack): unknown {
    const argument = value[name];
    switch (name) {
      case 'Ref':
        return PSEUDO[String(argument)] ?? this.reference(String(argument), stack);
      case 'Fn::GetAtt': {
        const [logicalId, attribute] = argument as [string, string];
        return attribute.endsWith('Arn') ? this.arn(logicalId, stack) : `${logicalId}.${attribute}`;
      }
      case 'Fn::Join': {
        const [delimiter, parts] = argument as [string, unknown[]];
        return parts.map((part) => String(this.resolve(part, stack))).join(delimiter);
      }
      case 'Fn::ImportValue': {
        const found = this.#exports.get(String(this.resolve(argument, stack)));
        if (!found) throw new Error(`nothing exports ${String(argument)}`);
        return this.resolve(found.value, found.stack);
      }
      case 'Fn::Select': {
        const [index, list] = argument as [string, unknown];
        return (this.resolve(list, stack) as unknown[])[Number(index)];
      }
      case 'Fn::Split': {
        const [delimiter, text] = argument as [string, unknown];
        return String(this.resolve(text, stack)).split(delimiter);
      }
      case 'Fn::If':
        return this.resolve((argument as unknown[])[2], stack);
      default:
        return JSON.stringify(value);
    }
  }

  private reference(logicalId: string, stack: AssembledStack): string {
    const resource = stack.template.Resources[logicalId];
    if (!resource) return logicalId;
    return resource.Type === 'AWS::SNS::Topic' ||
      resource.Type.startsWith('AWS::StepFunctions') ||
      resource.Type === 'AWS::SecretsManager::Secret'
      ? this.arn(logicalId, stack)
      : this.nameOf(logicalId, resource, stack);
  }

  private nameOf(logicalId: string, resource: TemplateResource, stack: AssembledStack): string {
    const key = NAME_PROPERTIES.find((property) => resource.Properties?.[property] !== undefined);
    return key ? String(this.resolve(resource.Properties![key], stack)) : logicalId.toLowerCase();
  }
}

/** Service and resource part of the ARNs of one account and region, by type. */
const REGIONAL: Readonly<Record<string, readonly [string, (name: string) => string]>> = {
  'AWS::KMS::Key': ['kms', (name) => `key/${name}`],
  'AWS::DynamoDB::Table': ['dynamodb', (name) => `table/${name}`],
  'AWS::DynamoDB::GlobalTable': ['dynamodb', (name) => `table/${name}`],
  'AWS::Lambda::Function': ['lambda', (name) => `function:${name}`],
  'AWS::SQS::Queue': ['sqs', (name) => name],
  'AWS::SNS::Topic': ['sns', (name) => name],
  'AWS::StepFunctions::StateMachine': ['states', (name) => `stateMachine:${name}`],
  'AWS::Events::EventBus': ['events', (name) => `event-bus/${name}`],
  'AWS::EKS::Cluster': ['eks', (name) => `cluster/${name}`],
  'AWS::ECR::Repository': ['ecr', (name) => `repository/${name}`],
  'AWS::Logs::LogGroup': ['logs', (name) => `log-group:${name}:*`],
  'AWS::SecretsManager::Secret': ['secretsmanager', (name) => `secret:${name}`],
};

function arnOf({ Type }: TemplateResource, name: string): string {
  if (Type === 'AWS::S3::Bucket') return `arn:aws:s3:::${name}`;
  if (Type === 'AWS::IAM::Role') return `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const [service, resource] = REGIONAL[Type] ?? [Type.split('::')[1]!.toLowerCase(), (text: string) => text];
  return `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource(name)}`;
}
