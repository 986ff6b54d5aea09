import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Grant, type IGrantable, type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { grantWithWildcards } from '../../core/permission-ledger';
import type { ExperimentTracking } from '../../registry/experiment-tracking';
import { WORK_PREFIX } from '../../registry/object-keys';
import type { ComputeContext } from './compute-states';

/** What a job may reach besides its data. */
export interface JobReach {
  readonly experiments?: ExperimentTracking;
  readonly vpc?: IVpc;
}

/** Calls that SageMaker makes with the role of a job in a VPC. @see https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html */
const NETWORK_ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:CreateNetworkInterfacePermission',
  'ec2:DeleteNetworkInterface',
  'ec2:DeleteNetworkInterfacePermission',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeVpcs',
  'ec2:DescribeDhcpOptions',
  'ec2:DescribeSubnets',
  'ec2:DescribeSecurityGroups',
];

/** The role of the jobs of one model: its datasets, its own working prefix, its images, its logs. */
export function createJobRole(scope: Construct, { model, registry }: ComputeContext, reach: JobReach): IRole {
  const stack = Stack.of(scope);
  const grantee = new Role(scope, 'JobRole', {
    description: `Training and evaluation jobs of ${model}`,
    assumedBy: new ServicePrincipal('sagemaker.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  });
  registry.datasets.grants.read(grantee);
  const work = `${WORK_PREFIX}${model}/`;
  registry.artifacts.grants.read(grantee, work);
  registry.artifacts.grants.add(grantee, work);
  const logGroup = stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: '/aws/sagemaker/*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  grantWithWildcards(
    {
      grantee,
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      resourceArns: [logGroup],
    },
    'SageMaker names a log stream after each job',
  );
  grantWithWildcards(
    { grantee, actions: ['ecr:GetAuthorizationToken'], resourceArns: ['*'] },
    'ECR hands out its token without a resource to name',
  );
  grantWithWildcards(
    {
      grantee,
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resourceArns: [stack.formatArn({ service: 'ecr', resource: 'repository', resourceName: '*' })],
    },
    'the images of a model may lie in several repositories of this account; the digest decides what runs',
  );
  if (reach.vpc) {
    const network = { grantee, actions: NETWORK_ACTIONS, resourceArns: ['*'] };
    grantWithWildcards(network, 'SageMaker attaches a job to its VPC by calls that know no resource');
  }
  reach.experiments?.grantUse(grantee);
  return grantee;
}

/** Lets `workflow` run jobs of `model` with `role`, and follow them by the rules that Step Functions manages. */
export function allowJobs(scope: Construct, workflow: IGrantable, role: IRole, model: string): void {
  const stack = Stack.of(scope);
  const job = (kind: string) => stack.formatArn({ service: 'sagemaker', resource: kind, resourceName: `${model}-*` });
  const rule = (name: string) => stack.formatArn({ service: 'events', resource: 'rule', resourceName: name });
  const named = 'job names get their suffix from the execution';
  grantWithWildcards(
    {
      grantee: workflow,
      actions: ['sagemaker:CreateTrainingJob', 'sagemaker:DescribeTrainingJob', 'sagemaker:StopTrainingJob'],
      resourceArns: [job('training-job')],
    },
    named,
  );
  grantWithWildcards(
    {
      grantee: workflow,
      actions: ['sagemaker:CreateProcessingJob', 'sagemaker:DescribeProcessingJob', 'sagemaker:StopProcessingJob'],
      resourceArns: [job('processing-job')],
    },
    named,
  );
  Grant.addToPrincipal({
    grantee: workflow,
    actions: ['iam:PassRole'],
    resourceArns: [role.roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
  });
  Grant.addToPrincipal({
    grantee: workflow,
    actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
    resourceArns: [
      rule('StepFunctionsGetEventsForSageMakerTrainingJobsRule'),
      rule('StepFunctionsGetEventsForSageMakerProcessingJobsRule'),
    ],
  });
}
