import type { Decision } from '../../../constructs/audit';
import { sha256 } from '../../../constructs/core/canonical-json';
import type { Caller } from '../../../constructs/delivery/private/caller';
import type { DeliveryEventType, EventPublisher } from '../../../constructs/delivery/private/events';
import type { Journal, RecordPut } from '../../../constructs/delivery/private/journal';
import type { ObjectStore } from '../../../constructs/delivery/private/object-store';
import { reviewKey, reviewOf, submissionKey, submissionOf } from '../../../constructs/delivery/private/review-items';
import type { ReviewRecord, SubmissionRecord } from '../../../constructs/delivery/private/review-record';
import type { ReviewStore } from '../../../constructs/delivery/private/review-store';
import { type S3Location, s3Uri } from '../../../constructs/delivery/private/s3-uri';
import type { GateResult, TrainingRequest } from '../../../constructs/delivery/private/schemas';

export const ACCOUNT = '123456789012';
export const NOW = new Date('2026-03-01T12:00:00.000Z');
export const SUBMITTER_ROLE = 'submitters';
export const REVIEWER_ROLE = 'reviewers';

/** Digest that differs by letter. */
export const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;

export const ARTIFACT = new TextEncoder().encode('the model');
export const ARTIFACT_DIGEST = sha256(ARTIFACT);
export const DATASET_DIGEST = digestOf('d');

/** A session of `role` by `person`. */
export function caller(person: string, role = SUBMITTER_ROLE): Caller {
  return { arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${person}`, account: ACCOUNT, role, person };
}

/** What the check makes of a submission of iris by alice. */
export function trainingRequest(changes: Partial<TrainingRequest> = {}): TrainingRequest {
  return {
    model: 'iris',
    version: '1.2.0',
    execution: '1.2.0-abc',
    submitter: caller('alice'),
    dataset: 'iris',
    datasetVersion: '1.0.0',
    datasetDigest: DATASET_DIGEST,
    datasetUri: 's3://datasets/datasets/iris/1.0.0/',
    hyperparameters: { C: '1.0' },
    jobName: 'iris-abc',
    trainingOutput: 's3://artifacts/work/iris/1.2.0-abc/training',
    evaluationOutput: 's3://artifacts/work/iris/1.2.0-abc/evaluation',
    ...changes,
  };
}

/** A gate that passed. */
export function gateResult(changes: Partial<GateResult> = {}): GateResult {
  return {
    verdict: 'pass',
    reasons: ['1 of 1 gates hold'],
    artifactUri: 's3://artifacts/work/iris/1.2.0-abc/training/model.tar.gz',
    artifactDigest: ARTIFACT_DIGEST,
    evidenceUri: 's3://evidence/evidence/iris/1.2.0-abc/evidence.json',
    evidenceDigest: digestOf('e'),
    metrics: { accuracy: 0.97 },
    ...changes,
  };
}

/** An open review of that candidate. */
export function reviewRecord(changes: Partial<ReviewRecord> = {}): ReviewRecord {
  const request = trainingRequest();
  const gate = gateResult();
  return {
    model: request.model,
    version: request.version,
    execution: request.execution,
    status: 'open',
    taskToken: 'token-1',
    submitter: request.submitter,
    dataset: request.dataset,
    datasetVersion: request.datasetVersion,
    datasetDigest: request.datasetDigest,
    artifactDigest: gate.artifactDigest,
    evidenceUri: gate.evidenceUri,
    evidenceDigest: gate.evidenceDigest,
    verdict: gate.verdict,
    reasons: gate.reasons,
    metrics: gate.metrics,
    requiredApprovals: 1,
    approvals: [],
    requestedAt: '2026-03-01T10:00:00.000Z',
    deadline: '2026-03-08T10:00:00.000Z',
    escalated: false,
    revision: 1,
    ...changes,
  };
}

/** An approval by `person`. */
export const approvalBy = (person: string) => ({
  reviewer: caller(person, REVIEWER_ROLE),
  at: NOW.toISOString(),
  comment: '',
});

/** Evidence of an evaluation of that candidate. */
export function evidence(changes: Record<string, unknown> = {}) {
  return {
    schemaVersion: 1,
    kind: 'evaluation',
    model: { name: 'iris', digest: ARTIFACT_DIGEST },
    dataset: { name: 'iris', version: '1.0.0', digest: DATASET_DIGEST, rows: 45 },
    metrics: { accuracy: 0.97, logLoss: 0.15 } as Record<string, unknown>,
    ...changes,
  };
}

/** Objects in memory that behave as S3 does with conditional writes and checksums. */
export class MemoryObjects implements ObjectStore {
  readonly objects = new Map<string, Uint8Array>();

  constructor(content: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [uri, body] of Object.entries(content)) {
      this.objects.set(uri, typeof body === 'string' ? new TextEncoder().encode(body) : body);
    }
  }

  public async read(uri: string): Promise<Uint8Array> {
    const body = this.objects.get(uri);
    if (!body) throw new Error(`${uri} is missing`);
    return body;
  }

  public async digest(uri: string): Promise<string> {
    return sha256(await this.read(uri));
  }

  public async addOnce(to: S3Location, body: Uint8Array, digest: string): Promise<'added' | 'taken'> {
    if (this.objects.has(s3Uri(to))) return 'taken';
    if (sha256(body) !== digest) throw new Error('BadDigest');
    this.objects.set(s3Uri(to), body);
    return 'added';
  }

  public async copyOnce(from: string, to: S3Location, digest: string): Promise<'added' | 'taken'> {
    return this.addOnce(to, await this.read(from), digest);
  }
}

type Item = RecordPut['Item'];

/** Tables and ledger in memory: conditions hold, all or nothing. */
export class MemoryTables implements Journal, ReviewStore {
  readonly items = new Map<string, Item>();
  readonly decisions: Decision[] = [];

  /** Types of the ledger entries, in order. */
  public get types(): string[] {
    return this.decisions.map((decision) => decision.type);
  }

  public async write(
    _model: string,
    decision: Decision,
    puts: readonly RecordPut[] = [],
  ): Promise<'written' | 'conflict'> {
    if (!puts.every((put) => this.#holds(put))) return 'conflict';
    for (const put of puts) this.items.set(keyOf(put.Item), put.Item);
    this.decisions.push(decision);
    return 'written';
  }

  /** Stores a review as it is. */
  public seed(record: ReviewRecord): this {
    const key = reviewKey(record.model, record.version, record.execution);
    this.items.set(keyOf(key), {
      ...key,
      revision: { N: String(record.revision) },
      record: { S: JSON.stringify(record) },
    });
    return this;
  }

  public async submission(execution: string): Promise<SubmissionRecord | undefined> {
    const item = this.items.get(keyOf(submissionKey(execution)));
    return item && submissionOf(item as Record<string, { S?: string }>);
  }

  public async review(model: string, version: string, execution: string): Promise<ReviewRecord | undefined> {
    const item = this.items.get(keyOf(reviewKey(model, version, execution)));
    return item && reviewOf(item as Record<string, { S?: string }>);
  }

  public async reviews(model: string, version: string): Promise<ReviewRecord[]> {
    const { pk } = reviewKey(model, version, '');
    return [...this.items.values()]
      .filter((item) => JSON.stringify(item['pk']) === JSON.stringify(pk))
      .map((item) => reviewOf(item as Record<string, { S?: string }>));
  }

  #holds({ Item, ConditionExpression, ExpressionAttributeValues }: RecordPut): boolean {
    const stored = this.items.get(keyOf(Item));
    if (ConditionExpression === 'attribute_not_exists(pk)') return stored === undefined;
    return JSON.stringify(stored?.['revision']) === JSON.stringify(ExpressionAttributeValues?.[':before']);
  }
}

function keyOf(item: Readonly<Record<string, unknown>>): string {
  return JSON.stringify([item['pk'], item['sk']]);
}

/** A bus that remembers, or that is down. */
export class MemoryBus implements EventPublisher {
  readonly events: { type: DeliveryEventType; detail: Readonly<Record<string, unknown>> }[] = [];
  public down = false;

  public async publish(type: DeliveryEventType, detail: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.down) throw new Error('the bus is down');
    this.events.push({ type, detail });
  }
}

/** An event of an HTTP API with IAM authorisation. */
export function signedEvent(options: {
  arn?: string;
  method?: string;
  path?: Record<string, string>;
  body?: unknown;
  headers?: Record<string, string>;
}) {
  const { arn = caller('alice').arn, method = 'POST', path = { model: 'iris' }, body, headers = {} } = options;
  return {
    version: '2.0',
    headers,
    pathParameters: path,
    body: body === undefined ? undefined : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: { requestId: 'request-1', http: { method }, authorizer: { iam: { userArn: arn } } },
  };
}

/** An error as the AWS SDK throws it. */
export function awsError(name: string, more: Record<string, unknown> = {}): Error {
  return Object.assign(new Error(name), { name, ...more });
}

/** A client of the AWS SDK that answers each command from a list and remembers what it was sent. */
export function fakeClient(...answers: (object | Error)[]) {
  const sent: { readonly name: string; readonly input: Record<string, unknown> }[] = [];
  const send = async (command: { input: object }) => {
    sent.push({ name: command.constructor.name, input: command.input as Record<string, unknown> });
    const answer = answers.shift() ?? {};
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { sent, client: { send } as never };
}
