import { Duration, Size, Stack } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { CustomState } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Problem } from '../../core/errors';
import { matches, numberBetween, when } from '../../core/validate';
import type { ExperimentTracking } from '../../registry/experiment-tracking';
import type { ComputeContext, ComputeStates, ComputeStrategy } from './compute-states';
import { allowJobs, createJobRole } from './sage-maker-job-role';

/** Network of SageMaker jobs. */
export interface SageMakerNetwork {
  /** VPC of the jobs. It needs endpoints for S3, ECR, Logs and KMS, or a NAT gateway. */
  readonly vpc: IVpc;
  /**
   * Subnets.
   *
   * @default - the private ones
   */
  readonly subnets?: SubnetSelection;
  /** Security groups, at least one. */
  readonly securityGroups: readonly ISecurityGroup[];
}

/** Properties for `TrainingCompute.sageMaker`. */
export interface SageMakerComputeProps {
  /**
   * Instance type of both jobs.
   *
   * @default 'ml.m5.large'
   */
  readonly instanceType?: string;

  /**
   * Volume of both jobs, 1 GiB to 16 TiB.
   *
   * @default Size.gibibytes(30)
   */
  readonly volumeSize?: Size;

  /**
   * Network of the jobs.
   *
   * @default - SageMaker's own, without access to any VPC
   */
  readonly network?: SageMakerNetwork;

  /**
   * Whether the training container is cut off from every network. SageMaker moves its inputs and outputs. The evaluation
   * container always is.
   *
   * @default true, unless `experiments` is given
   */
  readonly networkIsolation?: boolean;

  /**
   * Managed MLflow that the training container logs to, as `MLFLOW_TRACKING_URI`. Not with network isolation.
   *
   * @default - none
   */
  readonly experiments?: ExperimentTracking;
}

/** Instance families with local NVMe disks, which encrypt by hardware and refuse a key. */
const LOCAL_DISKS = /^ml\.(g4dn|g5|g6|g6e|p4d|p4de|p5|p5e|p5en|trn1|trn1n|trn2|[a-z]+\d+[a-z]*d[a-z]*)\./;

/** SageMaker training and processing jobs. */
export class SageMakerCompute implements ComputeStrategy {
  readonly #props: SageMakerComputeProps;
  readonly #instanceType: string;
  readonly #volume: Size;
  readonly #isolated: boolean;

  constructor(props: SageMakerComputeProps) {
    this.#props = props;
    this.#instanceType = props.instanceType ?? 'ml.m5.large';
    this.#volume = props.volumeSize ?? Size.gibibytes(30);
    this.#isolated = props.networkIsolation ?? props.experiments === undefined;
  }

  public problems(): Problem[] {
    return [
      ...matches('instanceType', this.#instanceType, /^ml\.[a-z0-9-]+\.[a-z0-9]+$/, "a type such as 'ml.m5.large'"),
      ...numberBetween('volumeSize', this.#volume.toGibibytes({ rounding: 0 }), 1, 16384, 'GiB'),
      ...when(
        this.#isolated && this.#props.experiments !== undefined,
        'IsolatedFromExperiments',
        "'networkIsolation' must be false with 'experiments': an isolated container cannot reach MLflow; drop one of them",
      ),
      ...when(
        this.#props.network?.securityGroups.length === 0,
        'CountOutOfRange',
        "'network.securityGroups' must hold 1 to 5 security groups, got 0",
      ),
    ];
  }

  public bind(scope: Construct, context: ComputeContext): ComputeStates {
    const { experiments, network } = this.#props;
    const role = createJobRole(scope, context, { experiments, vpc: network?.vpc });
    const training = this.#job(scope, 'Train', 'createTrainingJob', {
      parameters: this.#trainingParameters(context, role.roleArn),
      select: { 'artifact.$': '$.ModelArtifacts.S3ModelArtifacts', digest: '' },
      path: '$.training',
    });
    const evaluation = this.#job(scope, 'Evaluate', 'createProcessingJob', {
      parameters: this.#processingParameters(context, role.roleArn),
      select: { digest: '' },
      path: '$.evaluation',
    });
    return { training, evaluation, allow: (workflow) => allowJobs(scope, workflow, role, context.model) };
  }

  #job(
    scope: Construct,
    id: string,
    api: string,
    { parameters, select, path }: { parameters: object; select: object; path: string },
  ): CustomState {
    const state = new CustomState(scope, id, {
      stateJson: {
        Type: 'Task',
        Resource: `arn:${Stack.of(scope).partition}:states:::sagemaker:${api}.sync`,
        Parameters: parameters,
        ResultSelector: select,
        ResultPath: path,
      },
    });
    return state.addRetry({
      errors: ['SageMaker.AmazonSageMakerException', 'SageMaker.ResourceLimitExceededException', 'ThrottlingException'],
      interval: Duration.seconds(30),
      maxAttempts: 5,
      backoffRate: 2,
    });
  }

  #trainingParameters({ trainingImage, timeout, registry, model }: ComputeContext, RoleArn: string): object {
    const { experiments } = this.#props;
    return {
      'TrainingJobName.$': '$.request.jobName',
      RoleArn,
      AlgorithmSpecification: { TrainingImage: trainingImage, TrainingInputMode: 'File' },
      'HyperParameters.$': '$.request.hyperparameters',
      InputDataConfig: [
        {
          ChannelName: 'dataset',
          DataSource: {
            S3DataSource: {
              S3DataType: 'S3Prefix',
              'S3Uri.$': '$.request.datasetUri',
              S3DataDistributionType: 'FullyReplicated',
            },
          },
        },
      ],
      OutputDataConfig: { 'S3OutputPath.$': '$.request.trainingOutput', KmsKeyId: registry.encryptionKey.keyArn },
      ResourceConfig: {
        InstanceCount: 1,
        InstanceType: this.#instanceType,
        ...this.#volumes(registry.encryptionKey.keyArn),
      },
      StoppingCondition: { MaxRuntimeInSeconds: timeout.toSeconds() },
      EnableNetworkIsolation: this.#isolated,
      EnableInterContainerTrafficEncryption: true,
      ...this.#vpc(),
      ...(experiments && {
        Environment: { MLFLOW_TRACKING_URI: experiments.trackingUri, MLFLOW_EXPERIMENT_NAME: model },
      }),
    };
  }

  #processingParameters(context: ComputeContext, RoleArn: string): object {
    const { evaluationImage, evaluationParameters, registry, timeout } = context;
    const key = registry.encryptionKey.keyArn;
    return {
      'ProcessingJobName.$': '$.request.jobName',
      RoleArn,
      AppSpecification: { ImageUri: evaluationImage },
      ProcessingInputs: [input('model', '$.training.artifact'), input('dataset', '$.request.datasetUri')],
      ProcessingOutputConfig: {
        KmsKeyId: key,
        Outputs: [
          {
            OutputName: 'evidence',
            S3Output: {
              'S3Uri.$': '$.request.evaluationOutput',
              LocalPath: '/opt/ml/processing/output',
              S3UploadMode: 'EndOfJob',
            },
          },
        ],
      },
      ProcessingResources: {
        ClusterConfig: { InstanceCount: 1, InstanceType: this.#instanceType, ...this.#volumes(key) },
      },
      StoppingCondition: { MaxRuntimeInSeconds: timeout.toSeconds() },
      NetworkConfig: { EnableNetworkIsolation: true, EnableInterContainerTrafficEncryption: true, ...this.#vpc() },
      Environment: evaluationParameters,
    };
  }

  #volumes(VolumeKmsKeyId: string): object {
    const VolumeSizeInGB = this.#volume.toGibibytes();
    return LOCAL_DISKS.test(this.#instanceType) ? { VolumeSizeInGB } : { VolumeSizeInGB, VolumeKmsKeyId };
  }

  #vpc(): object {
    const { network } = this.#props;
    if (!network) return {};
    return {
      VpcConfig: {
        Subnets: network.vpc.selectSubnets(network.subnets).subnetIds,
        SecurityGroupIds: network.securityGroups.map((group) => group.securityGroupId),
      },
    };
  }
}

/** An input of a processing job, at the place where the evaluation container looks for it. */
function input(name: string, uri: string): object {
  return {
    InputName: name,
    S3Input: {
      'S3Uri.$': uri,
      LocalPath: `/opt/ml/processing/input/${name}`,
      S3DataType: 'S3Prefix',
      S3InputMode: 'File',
    },
  };
}
