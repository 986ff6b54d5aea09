import { z } from 'zod';
import type { ModelVersion } from '../../constructs/registry/model-version';
import type { PlatformContract } from '../contract';
import { AwsSession } from './aws-session';
import { ROOT_KEYS } from './emulated-aws';
import { LocalFailure } from './failure';
import { type HeldOutResult, parsePredictions, postHeldOut } from './held-out';
import type { Layout } from './layout';
import { type AnsweredJob, LocalRunner, RUNNER_NAME } from './local-runner';
import { type ExecutionEnd, ModelLife, type Review, type StoredDataset, type Submission } from './model-life';
import { digestOf, objectExists, readObject } from './object-store';
import type { LocalPlatform } from './platform';
import type { Progress } from './progress';
import { SignedApi } from './signed-request';
import type { ModelOutcome } from './summary';
import type { Supervisor } from './supervisor';

const evidenceSchema = z.object({
  model: z.object({ digest: z.string() }),
  metrics: z.record(z.string(), z.number()),
});

/** The sample model and how a worse one of it is asked for. */
const MODEL = 'iris';
const VERSION = '1.0.0';
const SUBMITTER = 'alice';
const REVIEWER = 'bob';
const WORSE: Readonly<Record<string, string>> = { features: 'sepal_length,sepal_width' };

/** Seconds that training and evaluation together may take. */
const TRAINING_SECONDS = 180;

/** Properties for `Scenario`. */
export interface ScenarioProps {
  readonly layout: Layout;
  readonly contract: PlatformContract;
  readonly platform: LocalPlatform;
  readonly supervisor: Supervisor;
  readonly progress: Progress;
  /** Whether to submit a model that the gate must refuse. */
  readonly worse: boolean;
}

/** What a scenario finds out. */
type Decision = Omit<ModelOutcome, 'model' | 'version' | 'jobs' | 'submitter' | 'reviewer'>;

/** Who took part. */
export interface ScenarioPeople {
  readonly submitter: AwsSession;
  readonly reviewer: AwsSession;
}

/** What a scenario leaves behind. */
export interface ScenarioResult {
  readonly outcome: ModelOutcome;
  /** Name of the host of the delivery API. */
  readonly apiHost: string;
  readonly people: ScenarioPeople;
}

/** The life of the sample model on the deployed platform, from dataset to answers. */
export class Scenario {
  readonly #props: ScenarioProps;

  constructor(props: ScenarioProps) {
    this.#props = props;
  }

  /**
   * Lives it.
   *
   * @throws LocalFailure at the first promise that does not hold
   */
  public async run(): Promise<ScenarioResult> {
    const { contract, platform, worse, supervisor } = this.#props;
    const operator = AwsSession.root(platform.aws);
    const outputs = await platform.outputs(`${contract.platform}-control-delivery`);
    const api = new SignedApi(platform.aws, outputs['ApiId'] ?? '');
    const people: ScenarioPeople = {
      submitter: await operator.assume(contract.controlPlane.submitterRole, SUBMITTER),
      reviewer: await operator.assume(contract.controlPlane.reviewerRole, REVIEWER),
    };
    const runner = await this.#startRunner(operator, outputs);
    const life = new ModelLife({ contract, supervisor, operator, ...people, api, model: MODEL, version: VERSION });
    const outcome = await this.#live(life, operator, runner, worse);
    const principals = { submitter: people.submitter.principal, reviewer: people.reviewer.principal };
    const about = { model: MODEL, version: VERSION, jobs: runner.jobs, ...principals };
    return { outcome: { ...about, ...outcome }, apiHost: api.host, people };
  }

  async #live(life: ModelLife, operator: AwsSession, runner: LocalRunner, worse: boolean): Promise<Decision> {
    const { progress } = this.#props;
    const dataset = await progress.step('stored the dataset version in the dataset store', () =>
      life.storeDataset(this.#example('dataset.json'), this.#example('data')),
    );
    const submission = await life.submit(dataset, worse ? WORSE : {});
    const execution = submission.executionArn;
    const found = await progress.step('training and evaluation, by the workflow of the Delivery stack', () =>
      life.awaitReview(submission, TRAINING_SECONDS),
    );
    if (worse) return { execution, ...(await this.#refusal(life, operator, runner.jobs, found)) };
    if (!isReview(found)) throw ended(found);
    const { registered, ownApproval } = await this.#approve(life, submission, found);
    await this.#compareDigests(operator, runner.jobs, found, registered);
    const heldOut = await this.#serve(operator, runner.jobs, registered, dataset);
    const { metrics, artifactDigest, reasons } = found;
    return { execution, decision: 'registered', reasons, metrics, artifactDigest, ownApproval, heldOut };
  }

  async #startRunner(operator: AwsSession, outputs: Readonly<Record<string, string>>): Promise<LocalRunner> {
    const { layout, platform, supervisor, progress } = this.#props;
    const session = await operator.assume((outputs['WorkerRoleArn'] ?? '').split('/').at(-1) ?? '', RUNNER_NAME);
    const runner = new LocalRunner({
      layout,
      supervisor,
      session,
      objects: session.objects,
      queueUrl: outputs['WorkerQueueUrl'] ?? '',
      python: platform.trainingEnvironment.python,
      code: this.#example(),
      environment: {
        PATH: platform.path,
        LANG: 'C.UTF-8',
        HOME: layout.at('home'),
        PYTHONPYCACHEPREFIX: layout.at('pycache'),
        MLFLOW_TRACKING_URI: platform.mlflow.url,
        MLFLOW_DISABLE_TELEMETRY: 'true',
        DO_NOT_TRACK: 'true',
      },
      onJob: (text) => progress.say(`           ${text}`),
    });
    void runner.work();
    return runner;
  }

  async #approve(
    life: ModelLife,
    submission: Submission,
    review: Review,
  ): Promise<{ registered: ModelVersion; ownApproval: string }> {
    const { progress } = this.#props;
    const ownApproval = await life.refuseOwnApproval(review);
    const registered = await progress.step('approved by another principal than the submitter; registered', async () => {
      await life.approve(review);
      const end = await life.awaitEnd(submission, 60);
      const record = await life.registered();
      if (end.status !== 'SUCCEEDED' || !record) throw ended(end);
      return record;
    });
    return { registered, ownApproval };
  }

  /** What was trained, evaluated, reviewed and registered must be one artefact and one evidence. */
  async #compareDigests(
    operator: AwsSession,
    jobs: readonly AnsweredJob[],
    review: Review,
    registered: ModelVersion,
  ): Promise<void> {
    const evidence = await readObject(operator.objects, evaluationFile(jobs, 'evidence.json'));
    const { model } = evidenceSchema.parse(JSON.parse(Buffer.from(evidence).toString('utf8')));
    const digestBy = (kind: string) => jobs.find((job) => job.kind === kind)?.digest;
    const artefacts = [digestBy('training'), model.digest, review.artifactDigest, registered.artifactDigest];
    const evidences = [digestBy('evaluation'), digestOf(evidence), review.evidenceDigest, registered.evidenceDigest];
    for (const [what, digests] of Object.entries({ artefact: artefacts, evidence: evidences })) {
      if (new Set(digests).size !== 1) {
        throw new LocalFailure(`the ${what} differs: made, evaluated, reviewed, registered are ${digests.join(', ')}`);
      }
    }
  }

  async #serve(
    operator: AwsSession,
    jobs: readonly AnsweredJob[],
    registered: ModelVersion,
    dataset: StoredDataset,
  ): Promise<HeldOutResult> {
    const { platform, supervisor, contract, progress } = this.#props;
    const uri = `s3://${contract.cells[0]!.artifactBucket}/${registered.artifactKey}`;
    await progress.step("the event reached the cell's replicator; the artefact is in its own bucket", () =>
      supervisor.until('the replica of the artefact', 60, () => objectExists(operator.objects, uri)),
    );
    const digest = digestOf(await readObject(operator.objects, uri));
    if (digest !== registered.artifactDigest) {
      throw new LocalFailure(`${uri} has digest ${digest}, the registry says ${registered.artifactDigest}`);
    }
    const model = {
      name: MODEL,
      version: VERSION,
      uri,
      digest,
      dataset: { name: dataset.name, version: dataset.version, digest: dataset.file.digest },
    };
    await progress.step(`the predictor serves the registered artefact on ${platform.predictor.url}`, async () => {
      const aws = platform.aws.environment(ROOT_KEYS);
      supervisor.engine(platform.predictor.program(platform.predictorEnvironment.python, platform.path, model, aws));
      await supervisor.until('the predictor', 60, () => platform.predictor.ready());
    });
    const offline = await readObject(operator.objects, evaluationFile(jobs, 'predictions.json'));
    const rows = parsePredictions(Buffer.from(offline).toString('utf8'));
    return progress.step(`posted ${rows.length} held-out rows`, () =>
      supervisor.guard(postHeldOut(rows, digest, (input) => platform.predictor.predict(input))),
    );
  }

  async #refusal(
    life: ModelLife,
    operator: AwsSession,
    jobs: readonly AnsweredJob[],
    found: Review | ExecutionEnd,
  ): Promise<Omit<Decision, 'execution'>> {
    if (isReview(found)) throw new LocalFailure('the gate let a worse model pass: a review was opened for it');
    if (await life.registered()) throw new LocalFailure('a worse model was registered');
    if (!/gate/i.test(`${found.error} ${found.output}`)) throw ended(found);
    const evidence = await readObject(operator.objects, evaluationFile(jobs, 'evidence.json'));
    const { metrics } = evidenceSchema.parse(JSON.parse(Buffer.from(evidence).toString('utf8')));
    return { decision: 'refused by the gate', reasons: [found.cause ?? found.output ?? ''], metrics };
  }

  #example(...parts: string[]): string {
    return this.#props.layout.source('examples', MODEL, ...parts);
  }
}

function isReview(found: Review | ExecutionEnd): found is Review {
  return 'artifactDigest' in found;
}

/** Address of a file that the evaluation wrote. */
function evaluationFile(jobs: readonly AnsweredJob[], name: string): string {
  const job = jobs.find(({ kind }) => kind === 'evaluation');
  if (!job) throw new LocalFailure('there was no evaluation');
  return `${job.output.replace(/\/$/, '')}/${name}`;
}

function ended(end: ExecutionEnd): LocalFailure {
  return new LocalFailure(
    `the execution ended ${end.status} instead: ${end.error ?? ''} ${end.cause ?? end.output ?? ''}`.trim(),
  );
}
