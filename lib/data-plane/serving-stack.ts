import { Annotations, Size } from 'aws-cdk-lib';
import type { ISubnet } from 'aws-cdk-lib/aws-ec2';
import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import {
  type IGatewayEdge,
  InferenceGateway,
  InferenceService,
  ModelRoute,
  PlatformError,
  RateLimit,
  Scaling,
  type TokenIssuer,
} from '../../constructs';
import type { ModelConfig } from '../config/schema';
import { artifactKey, weightsManifestKey } from '../contract';
import type { CellInput } from '../platform';
import { PlatformStack } from '../platform-stack';
import { imageReference, type LiveModel, modelOwner, modelServer, releasedModels } from './released-models';

/** Properties for `ServingStack`. */
export interface ServingStackProps {
  /** Configuration, locks and names of the cell. */
  readonly input: CellInput;
  /** Cluster of the cell. */
  readonly cluster: ICluster;
  /** Public edge of the cell. */
  readonly edge: IGatewayEdge;
  /** Issuer of the tokens that the gateway accepts. */
  readonly issuer: TokenIssuer;
  /** The cell's replica of the artefacts. */
  readonly artifacts: IBucket;
  /** Key of the replica. */
  readonly encryptionKey: IKey;
  /** Subnets of the metric scraper, which hold no pods. */
  readonly scraperSubnets: readonly ISubnet[];
}

/** The gateway of a cell, and what the cell's release lock makes live: one service and one route for each model. */
export class ServingStack extends PlatformStack {
  /** Gateway that every request passes. */
  public readonly gateway: InferenceGateway;
  /** Models that are served. */
  public readonly services: readonly InferenceService[];
  /** Routes to them, in the same order. */
  public readonly routes: readonly ModelRoute[];

  constructor(scope: Construct, id: string, props: ServingStackProps) {
    const { input } = props;
    const { config, contract, names } = input;
    super(scope, id, {
      platform: contract.platform,
      stage: names.cell,
      place: names,
      description: 'Gateway, model servers and routes of the cell',
      stateful: false,
      owner: config.owner,
    });
    const live = this.liveModels(input);

    this.gateway = this.createGateway(props);
    this.services = live.map((one) => this.createService(one, props));
    this.routes = live.map(({ model }, index) => this.createRoute(model, this.services[index]!, input));
  }

  /** What is live; what the configuration names besides is not served yet, and a note says so. */
  private liveModels(input: CellInput): readonly LiveModel[] {
    const { live, waiting, problems } = releasedModels(input);
    if (problems.length > 0) throw new PlatformError(problems, this);
    for (const name of waiting) {
      Annotations.of(this).addInfoV2(
        `groundplane:NotReleased-${name}`,
        `model '${name}' is not served yet: config/releases/${input.names.cell}.lock.yaml names no version of it`,
      );
    }
    return live;
  }

  private createGateway({ input, cluster, edge, issuer, scraperSubnets }: ServingStackProps): InferenceGateway {
    const { replicas, requestsPerMinutePerTenant, maxRequestBodyKiB } = input.config.gateway;
    return new InferenceGateway(this, 'Gateway', {
      cluster,
      edge,
      issuer,
      replicas,
      limits: RateLimit.perTenant({ requestsPerMinute: requestsPerMinutePerTenant }),
      maxRequestBody: Size.kibibytes(maxRequestBodyKiB),
      scraperCidrs: scraperSubnets.map(({ ipv4CidrBlock }) => ipv4CidrBlock),
      image: input.images.images['envoy'] && imageReference(input, 'envoy', this.urlSuffix),
    });
  }

  private createService({ model, release }: LiveModel, props: ServingStackProps): InferenceService {
    const { input, cluster, artifacts, encryptionKey, scraperSubnets } = props;
    const key = model.server === 'vllm' ? weightsManifestKey : artifactKey;
    return new InferenceService(this, `Model-${model.name}`, {
      cluster,
      modelName: model.name,
      modelVersion: release.version,
      artifact: {
        bucket: artifacts,
        key: key(model.name, release.version),
        digest: release.artifactDigest,
        encryptionKey,
      },
      image: imageReference(input, model.image, this.urlSuffix),
      server: modelServer(model),
      owner: modelOwner(input.config, model),
      dataset: release.dataset,
      scaling: Scaling.fixed(model.replicas),
      ingress: { scraperRanges: scraperSubnets.map(({ ipv4CidrBlock }) => ipv4CidrBlock) },
    });
  }

  private createRoute(model: ModelConfig, service: InferenceService, { config }: CellInput): ModelRoute {
    const requestsPerMinute = model.requestsPerMinutePerTenant;
    return new ModelRoute(this, `Route-${model.name}`, {
      gateway: this.gateway,
      model: service,
      owner: modelOwner(config, model),
      limits: requestsPerMinute === undefined ? undefined : RateLimit.perTenant({ requestsPerMinute }),
    });
  }
}
