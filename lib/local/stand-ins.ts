import type { PlatformConfig } from '../config/schema';
import type { StandIn } from './summary';

/** What stands in for something else in every local run. */
export const STAND_INS: readonly StandIn[] = [
  { inTheCloud: 'AWS', here: 'MiniStack, with the recorder for the types that it lacks' },
  {
    inTheCloud: 'SageMaker training and processing jobs',
    here: "local-runner: the containers' own code and libraries, in a virtual environment, on the folders that SageMaker mounts",
  },
  {
    inTheCloud: 'EKS with its kubectl and Helm handler',
    here: 'recorder: manifests and charts are stored, nothing is applied',
  },
  { inTheCloud: 'managed MLflow', here: 'an MLflow server' },
  {
    inTheCloud: 'predictor Pod behind load balancer, WAF and gateway',
    here: "a process of the container's own program, called directly, with the operator's keys instead of pod identity",
  },
  { inTheCloud: 'people who sign in', here: 'sessions of the submitter and the reviewer role, named alice and bob' },
];

/** Where the run with `config` asks less than a deployment to AWS. */
export function relaxations(config: PlatformConfig): string[] {
  return [
    ...(config.environment === 'dev' ? ['environment dev: what staging and prod refuse may pass'] : []),
    ...(config.delivery.compute === 'workers'
      ? ['delivery.compute workers: jobs go to a queue, not to SageMaker']
      : []),
    'image digests are those of the source trees that processes here run: no image is built, pushed, scanned or signed',
    'one account and one region stand for all of them',
    'the deployment is made by the root user of the emulator, whom no policy binds',
  ];
}
