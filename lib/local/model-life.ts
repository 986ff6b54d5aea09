import { readFileSync } from 'node:fs';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import type { ModelVersion } from '../../constructs/registry/model-version';
import { datasetPrefix } from '../../constructs/registry/object-keys';
import { versionKey, versionOf } from '../../constructs/registry/version-item';
import type { PlatformContract } from '../contract';
import type { AwsSession } from './aws-session';
import { LocalFailure } from './failure';
import { createObject, digestOf } from './object-store';
import type { SignedApi } from './signed-request';
import type { Supervisor } from './supervisor';

/** What the life of a model is lived with. */
export interface ModelLifeProps {
  readonly contract: PlatformContract;
  readonly supervisor: Supervisor;
  /** Operator of this machine: puts the dataset where a data pipeline would, and looks at what happened. */
  readonly operator: AwsSession;
  /** Who submits. */
  readonly submitter: AwsSession;
  /** Who reviews: another principal. */
  readonly reviewer: AwsSession;
  readonly api: SignedApi;
  readonly model: string;
  readonly version: string;
}

const submissionSchema = z.object({ executionArn: z.string(), execution: z.string(), submitter: z.string() });

const reviewsSchema = z.object({
  reviews: z.array(
    z.object({
      execution: z.string(),
      status: z.string(),
      artifactDigest: z.string(),
      evidenceDigest: z.string(),
      evidenceUri: z.string(),
      metrics: z.record(z.string(), z.number()),
      reasons: z.array(z.string()),
    }),
  ),
});

const decisionSchema = z.object({ status: z.string() });

const datasetSchema = z.object({
  name: z.string(),
  version: z.string(),
  file: z.object({ path: z.string(), digest: z.string() }),
});

/** A dataset version in the dataset store. */
export type StoredDataset = z.output<typeof datasetSchema>;

/** A submission that runs. */
export type Submission = z.output<typeof submissionSchema>;

/** What a reviewer looks at. */
export type Review = z.output<typeof reviewsSchema>['reviews'][number];

/** How an execution ended. */
export interface ExecutionEnd {
  readonly status: string;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly output: string | undefined;
}

/** The life of one model version in the deployed control plane, each step by the principal who may take it. */
export class ModelLife {
  readonly #props: ModelLifeProps;

  constructor(props: ModelLifeProps) {
    this.#props = props;
  }

  /** Puts a dataset version, described by the file `descriptor`, into the dataset store. */
  public async storeDataset(descriptor: string, folder: string): Promise<StoredDataset> {
    const { contract, operator } = this.#props;
    const text = readFileSync(descriptor);
    const dataset = datasetSchema.parse(JSON.parse(text.toString('utf8')));
    const data = readFileSync(`${folder}/${dataset.file.path}`);
    if (digestOf(data) !== dataset.file.digest) {
      throw new LocalFailure(
        `${dataset.file.path} has digest ${digestOf(data)}, ${descriptor} says ${dataset.file.digest}`,
      );
    }
    const prefix = `s3://${contract.controlPlane.datasetBucket}/${datasetPrefix(dataset.name, dataset.version)}`;
    await createObject(operator.objects, `${prefix}${dataset.file.path}`, data);
    await createObject(operator.objects, `${prefix}dataset.json`, text);
    return dataset;
  }

  /** Asks for a training, as the submitter. */
  public async submit(dataset: StoredDataset, hyperparameters: Readonly<Record<string, string>>): Promise<Submission> {
    const { api, model, version, submitter } = this.#props;
    const body = { version, datasetVersion: dataset.version, hyperparameters };
    const answer = await api.send({ method: 'POST', path: `/submissions/${model}`, body }, submitter.keys);
    return submissionSchema.parse(expect(answer, [202, 200], 'the submission'));
  }

  /** Waits for the review of `submission`, or for the end of the execution if that comes first. */
  public async awaitReview(submission: Submission, seconds: number): Promise<Review | ExecutionEnd> {
    const { api, supervisor, reviewer } = this.#props;
    let found: Review | ExecutionEnd | undefined;
    await supervisor.until(
      'the review',
      seconds,
      async () => {
        const end = await this.execution(submission);
        if (end.status !== 'RUNNING') found = end;
        const answer = await api.send({ method: 'GET', path: this.#reviewPath }, reviewer.keys);
        if (answer.status === 200) {
          const { reviews } = reviewsSchema.parse(answer.body);
          found ??= reviews.find(({ execution, status }) => execution === submission.execution && status === 'open');
        }
        return found !== undefined;
      },
      300,
    );
    return found!;
  }

  /** Tries to approve one's own submission: the answer must be no. */
  public async refuseOwnApproval(review: Review): Promise<string> {
    const answer = await this.#approve(review, this.#props.submitter);
    if (answer.status < 400) throw new LocalFailure('the submitter could approve the own submission');
    return `${answer.status}`;
  }

  /** Approves what the reviewer saw, as the reviewer. */
  public async approve(review: Review): Promise<string> {
    const answer = await this.#approve(review, this.#props.reviewer);
    return decisionSchema.parse(expect(answer, [200], 'the approval')).status;
  }

  /** Waits until the execution ended. */
  public async awaitEnd(submission: Submission, seconds: number): Promise<ExecutionEnd> {
    let end: ExecutionEnd | undefined;
    await this.#props.supervisor.until('the end of the execution', seconds, async () => {
      end = await this.execution(submission);
      return end.status !== 'RUNNING';
    });
    return end!;
  }

  /** State of the execution. */
  public async execution(submission: Submission): Promise<ExecutionEnd> {
    const command = new DescribeExecutionCommand({ executionArn: submission.executionArn });
    const { status, error, cause, output } = await this.#props.operator.workflows.send(command);
    return { status: status ?? 'UNKNOWN', error, cause, output };
  }

  /** What the registry says of the version; undefined when it is not registered. */
  public async registered(): Promise<ModelVersion | undefined> {
    const { contract, operator, model, version } = this.#props;
    const { modelTable: table } = contract.controlPlane;
    const { Item: item } = await operator.tables.send(
      new GetItemCommand({ TableName: table, Key: versionKey(model, version), ConsistentRead: true }),
    );
    return item && versionOf(item);
  }

  get #reviewPath(): string {
    return `/reviews/${this.#props.model}/${this.#props.version}`;
  }

  #approve(review: Review, by: AwsSession) {
    const body = { decision: 'approve', artifactDigest: review.artifactDigest, comment: 'evidence read' };
    return this.#props.api.send({ method: 'POST', path: this.#reviewPath, body }, by.keys);
  }
}

function expect(answer: { status: number; body: unknown }, allowed: readonly number[], what: string): unknown {
  if (allowed.includes(answer.status)) return answer.body;
  throw new LocalFailure(`${what} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}
