import { Duration, Size } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { type SageMakerComputeProps, TrainingCompute } from '../../../constructs';
import { codes } from '../../helpers/codes';
import { definitionOf, EVALUATION_IMAGE, emptyStack, IMAGE, pipelineFixture, pipelineOnly } from './fixture';

describe('TrainingCompute.workers', () => {
  const fixture = pipelineFixture();
  const { stack } = fixture;
  const { Train: train, Evaluate: evaluate } = definitionOf(fixture).States;

  test('sends one message per job, with its token', () => {
    expect(train).toMatchObject({
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      Parameters: {
        MessageBody: {
          'taskToken.$': '$$.Task.Token',
          job: {
            kind: 'training',
            'name.$': '$.request.jobName',
            image: IMAGE,
            'hyperparameters.$': '$.request.hyperparameters',
            inputs: { 'dataset.$': '$.request.datasetUri' },
            'output.$': '$.request.trainingOutput',
          },
        },
      },
      ResultSelector: { 'artifact.$': '$.ModelArtifacts.S3ModelArtifacts', 'digest.$': '$.digest' },
      ResultPath: '$.training',
    });
    expect(evaluate!.Parameters).toMatchObject({
      MessageBody: {
        job: {
          kind: 'evaluation',
          image: EVALUATION_IMAGE,
          inputs: { 'model.$': '$.training.artifact', 'dataset.$': '$.request.datasetUri' },
        },
      },
    });
  });

  test('ends a job after 6 hours, or after one of silence', () => {
    for (const state of [train, evaluate])
      expect(state).toMatchObject({ TimeoutSeconds: 21600, HeartbeatSeconds: 3600 });
  });

  test('a heartbeat is always shorter than the job may take', () => {
    const short = definitionOf(pipelineOnly({ jobTimeout: Duration.minutes(5) })).States['Train'];
    expect(short).toMatchObject({ TimeoutSeconds: 300, HeartbeatSeconds: 299 });
  });

  test.each([Duration.seconds(59), Duration.days(8)])('refuses a heartbeat of %s', (heartbeat) => {
    const { queue } = pipelineOnly();
    expect(codes(() => pipelineOnly({ compute: TrainingCompute.workers({ queue, heartbeat }) }))).toEqual([
      'DurationOutOfRange',
    ]);
  });

  test('queue and dead letters are encrypted with a customer key, TLS only', () => {
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::SQS::Queue', 2);
    template.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: Match.anyValue() });
    template.hasResourceProperties('AWS::SQS::Queue', {
      RedrivePolicy: { maxReceiveCount: 3, deadLetterTargetArn: Match.anyValue() },
      VisibilityTimeout: 300,
    });
    template.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });
});

function states(props: SageMakerComputeProps = {}, logged = false) {
  const fixture = pipelineOnly(({ registry: { experiments } }) => ({
    compute: TrainingCompute.sageMaker(logged ? { ...props, experiments } : props),
  }));
  const { Train, Evaluate } = definitionOf(fixture).States;
  return { ...fixture, train: Train!, evaluate: Evaluate! };
}

describe('TrainingCompute.sageMaker', () => {
  test('runs a training job that is isolated and encrypted with the key of the registry', () => {
    const { train } = states();
    expect(train).toMatchObject({
      Resource: 'arn:aws:states:::sagemaker:createTrainingJob.sync',
      Parameters: {
        'TrainingJobName.$': '$.request.jobName',
        AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'File' },
        EnableNetworkIsolation: true,
        EnableInterContainerTrafficEncryption: true,
        OutputDataConfig: { 'S3OutputPath.$': '$.request.trainingOutput', KmsKeyId: expect.any(String) },
        ResourceConfig: {
          InstanceCount: 1,
          InstanceType: 'ml.m5.large',
          VolumeSizeInGB: 30,
          VolumeKmsKeyId: expect.any(String),
        },
        StoppingCondition: { MaxRuntimeInSeconds: 21600 },
      },
      ResultSelector: { 'artifact.$': '$.ModelArtifacts.S3ModelArtifacts', digest: '' },
    });
    expect(train.Parameters).not.toHaveProperty('VpcConfig');
    expect(train.Parameters).not.toHaveProperty('Environment');
  });

  test('runs a processing job that never has a network', () => {
    const { evaluate } = states();
    expect(evaluate).toMatchObject({
      Resource: 'arn:aws:states:::sagemaker:createProcessingJob.sync',
      Parameters: {
        AppSpecification: { ImageUri: EVALUATION_IMAGE },
        NetworkConfig: { EnableNetworkIsolation: true, EnableInterContainerTrafficEncryption: true },
        ProcessingInputs: [
          { InputName: 'model', S3Input: { LocalPath: '/opt/ml/processing/input/model' } },
          { InputName: 'dataset', S3Input: { LocalPath: '/opt/ml/processing/input/dataset' } },
        ],
        ProcessingOutputConfig: {
          KmsKeyId: expect.any(String),
          Outputs: [{ S3Output: { 'S3Uri.$': '$.request.evaluationOutput', S3UploadMode: 'EndOfJob' } }],
        },
      },
    });
  });

  test('logs to MLflow where asked to, which needs a network', () => {
    const { train, registry } = states({}, true);
    expect(train.Parameters).toMatchObject({
      EnableNetworkIsolation: false,
      Environment: { MLFLOW_TRACKING_URI: expect.any(String), MLFLOW_EXPERIMENT_NAME: 'iris' },
    });
    const isolated = TrainingCompute.sageMaker({ experiments: registry.experiments, networkIsolation: true });
    expect(codes(() => pipelineOnly({ compute: isolated }))).toEqual(['IsolatedFromExperiments']);
  });

  test.each(['ml.g5.xlarge', 'ml.p4d.24xlarge', 'ml.m5d.large'])('%s encrypts its own disks', (instanceType) => {
    expect(states({ instanceType }).train.Parameters!['ResourceConfig']).not.toHaveProperty('VolumeKmsKeyId');
  });

  test.each(['ml.m5.large', 'ml.p3.2xlarge', 'ml.c6i.xlarge'])('%s gets a key for its volume', (instanceType) => {
    expect(states({ instanceType }).train.Parameters!['ResourceConfig']).toHaveProperty('VolumeKmsKeyId');
  });

  test('runs in private subnets of a VPC where one is given', () => {
    const network = emptyStack();
    const vpc = Vpc.fromVpcAttributes(network, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-1', 'subnet-2'],
    });
    const securityGroups = [SecurityGroup.fromSecurityGroupId(network, 'Group', 'sg-1')];
    const compute = TrainingCompute.sageMaker({ network: { vpc, securityGroups } });
    const { States } = definitionOf(pipelineOnly({ compute }));
    expect(States['Train']!.Parameters!['VpcConfig']).toEqual({
      Subnets: ['subnet-1', 'subnet-2'],
      SecurityGroupIds: ['sg-1'],
    });
    expect(States['Evaluate']!.Parameters!['NetworkConfig']).toHaveProperty('VpcConfig');
  });

  test.each([
    [{ instanceType: 'm5.large' }, 'InvalidFormat'],
    [{ volumeSize: Size.tebibytes(17) }, 'NumberOutOfRange'],
  ])('refuses %j', (props, code) => {
    expect(codes(() => pipelineOnly({ compute: TrainingCompute.sageMaker(props) }))).toEqual([code]);
  });
});
