import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable, type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnMlflowApp } from 'aws-cdk-lib/aws-sagemaker';
import { Construct } from 'constructs';
import { matches, requireNone } from '../core/validate';
import type { ArtifactStore } from './artifact-store';

/** Properties for `ExperimentTracking`. */
export interface ExperimentTrackingProps {
  /** Store that holds the artefacts of the runs, below `experiments/`. */
  readonly artifacts: ArtifactStore;

  /** Name of the MLflow App, 1 to 63 letters, digits or hyphens. */
  readonly appName: string;
}

/**
 * A managed MLflow (SageMaker MLflow App, serverless) that tracks experiments.
 *
 * Its role reaches the artefacts of experiments and nothing else. Models are not registered by MLflow itself: what is in
 * the registry has passed the gate. Clients need the `sagemaker-mlflow` plug-in and the ARN as tracking URI. No charge for
 * server hours was announced; storage is charged.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/mlflow.html
 */
export class ExperimentTracking extends Construct {
  /** The MLflow App. */
  public readonly resource: CfnMlflowApp;

  /** Role by which MLflow reaches the artefacts. */
  public readonly role: IRole;

  /** Tracking URI for clients: the ARN of the app. */
  public readonly trackingUri: string;

  /** @throws PlatformError `InvalidFormat` */
  constructor(scope: Construct, id: string, props: ExperimentTrackingProps) {
    super(scope, id);
    const { artifacts, appName } = props;
    requireNone(
      this,
      matches('appName', appName, /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/, '1 to 63 letters, digits, hyphens'),
    );

    this.role = new Role(this, 'Role', {
      description: 'MLflow reads and writes the artefacts of experiments',
      assumedBy: new ServicePrincipal('sagemaker.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    const access = artifacts.grants
      .read(this.role, artifacts.experimentPrefix)
      .combine(artifacts.grants.add(this.role, artifacts.experimentPrefix));
    this.resource = new CfnMlflowApp(this, 'Resource', {
      name: appName,
      artifactStoreUri: artifacts.bucket.s3UrlForObject(artifacts.experimentPrefix.replace(/\/$/, '')),
      roleArn: this.role.roleArn,
      modelRegistrationMode: 'AutoModelRegistrationDisabled',
    });
    access.applyBefore(this.resource);
    this.trackingUri = this.resource.attrArn;
  }

  /**
   * Lets `grantee` log and read experiments.
   *
   * Actions: `sagemaker:CallMlflowAppApi` and `sagemaker:DescribeMlflowApp` on the app.
   */
  public grantUse(grantee: IGrantable): Grant {
    const actions = ['sagemaker:CallMlflowAppApi', 'sagemaker:DescribeMlflowApp'];
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.trackingUri] });
  }
}
