import { z } from 'zod';
import { type ModelVersion, manifestDigest, releaseManifest, type UnsignedVersion } from '../../registry/model-version';
import { artifactKey } from '../../registry/object-keys';
import { registerPut } from '../../registry/version-item';
import { type Journal, subjectOf } from '../private/journal';
import type { ObjectStore } from '../private/object-store';
import type { ReviewRecord } from '../private/review-record';
import type { ReviewStore } from '../private/review-store';
import { parseS3Uri, s3Uri } from '../private/s3-uri';
import { gateResult, trainingRequest } from '../private/schemas';
import { approvalProblems } from './approved';

/** What the state machine hands over. */
export const registerInput = z.object({ request: trainingRequest, gate: gateResult });

type RegisterInput = z.output<typeof registerInput>;

/** What a registration reads and writes. */
export interface RegisterPorts {
  readonly objects: ObjectStore;
  readonly reviews: ReviewStore;
  readonly journal: Journal;
  /** The version as it is registered. */
  readonly version: (model: string, version: string) => Promise<ModelVersion | undefined>;
  /** Signature of a digest, base64. */
  readonly sign: (digest: string) => Promise<string>;
  readonly artifactBucket: string;
  readonly modelTable: string;
  /** ARN that stands for the handler in the ledger. */
  readonly actor: string;
  readonly now: () => Date;
}

/**
 * Registers an approved candidate: copies it to its immutable key, signs its release manifest, writes version and ledger entry
 * in one transaction. Repeating it for the same execution changes nothing; another execution cannot take a version over.
 *
 * @throws Error when the approvals on record do not cover the candidate, or the version belongs to another execution
 */
export async function register(event: unknown, ports: RegisterPorts): Promise<ModelVersion> {
  const input = registerInput.parse(event);
  const { request, gate } = input;
  const review = await ports.reviews.review(request.model, request.version, request.execution);
  const problems = approvalProblems(request, gate, review);
  if (!review || problems.length > 0) throw new Error(`not registered: ${problems.join('; ')}`);

  const existing = await sameExecution(input, ports);
  if (existing) return existing;
  await copy(input, ports);
  const unsigned = describe(input, review, ports.now());
  const signature = await ports.sign(manifestDigest(releaseManifest(unsigned)));
  const version: ModelVersion = { ...unsigned, stage: 'registered', signature };
  const written = await ports.journal.write(
    request.model,
    {
      type: 'Model Registered',
      subject: subjectOf(request.model, request.version),
      actor: ports.actor,
      at: unsigned.createdAt,
      details: {
        execution: request.execution,
        artifactDigest: version.artifactDigest,
        evidenceDigest: version.evidenceDigest,
        dataset: version.dataset,
        datasetDigest: version.datasetDigest,
        approvers: version.approvers,
        signature,
      },
    },
    [registerPut(ports.modelTable, version)],
  );
  if (written === 'written') return version;
  const faster = await sameExecution(input, ports);
  if (!faster) throw new Error(`${request.model}@${request.version} could not be written`);
  return faster;
}

async function sameExecution({ request }: RegisterInput, ports: RegisterPorts): Promise<ModelVersion | undefined> {
  const existing = await ports.version(request.model, request.version);
  if (existing && existing.execution !== request.execution) {
    throw new Error(`${request.model}@${request.version} is registered already, by execution ${existing.execution}`);
  }
  return existing;
}

async function copy({ request, gate }: RegisterInput, { objects, artifactBucket }: RegisterPorts): Promise<void> {
  const to = { bucket: artifactBucket, key: artifactKey(request.model, request.version) };
  if ((await objects.copyOnce(gate.artifactUri, to, gate.artifactDigest)) === 'added') return;
  const found = await objects.digest(s3Uri(to));
  if (found !== gate.artifactDigest) throw new Error(`${s3Uri(to)} is taken by another artefact (${found})`);
}

function describe({ request, gate }: RegisterInput, review: ReviewRecord, now: Date): UnsignedVersion {
  return {
    name: request.model,
    version: request.version,
    artifactDigest: gate.artifactDigest,
    artifactKey: artifactKey(request.model, request.version),
    dataset: `${request.dataset}@${request.datasetVersion}`,
    datasetDigest: request.datasetDigest,
    evidenceDigest: gate.evidenceDigest,
    evidenceKey: parseS3Uri(gate.evidenceUri).key,
    execution: request.execution,
    submitter: request.submitter.arn,
    approvers: review.approvals.map((given) => given.reviewer.arn),
    createdAt: now.toISOString(),
  };
}
