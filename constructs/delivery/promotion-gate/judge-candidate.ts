import { z } from 'zod';
import { sha256 } from '../../core/canonical-json';
import { evidenceKey } from '../../registry/object-keys';
import { type Journal, subjectOf } from '../private/journal';
import type { ObjectStore } from '../private/object-store';
import { s3Uri } from '../private/s3-uri';
import { type GateResult, metricGate, trainingRequest } from '../private/schemas';
import { evidenceSchema, finiteMetrics } from './evidence';
import { type Baseline, judge } from './judge';

/** What the state machine hands over. */
export const gateInput = z.object({
  request: trainingRequest,
  /** Address of the candidate, as the training job answered it. */
  artifact: z.string(),
  /** Digests as the workers answered them; empty where the compute answers none. */
  claimed: z.object({ artifact: z.string(), evidence: z.string() }),
  gates: z.array(metricGate).min(1),
});

/** What the gate reads and writes. */
export interface GatePorts {
  readonly objects: ObjectStore;
  readonly journal: Journal;
  /** Evidence of the newest registered version. */
  readonly baseline: (model: string) => Promise<Baseline | undefined>;
  readonly evidenceBucket: string;
  /** ARN that stands for the gate in the ledger. */
  readonly actor: string;
  readonly now: () => Date;
}

/**
 * Loads candidate and evidence, judges, keeps the evidence for good and writes the verdict down.
 *
 * @throws Error when candidate or evidence cannot be read, or are not the bytes that the job named
 */
export async function judgeCandidate(event: unknown, ports: GatePorts): Promise<GateResult> {
  const { request, artifact, claimed, gates } = gateInput.parse(event);
  if (!artifact.startsWith(`${request.trainingOutput}/`)) {
    throw new Error(`the candidate lies at ${artifact}, outside of ${request.trainingOutput}`);
  }
  const artifactDigest = await ports.objects.digest(artifact);
  requireSame('candidate', claimed.artifact, artifactDigest);
  const bytes = await ports.objects.read(`${request.evaluationOutput}/evidence.json`);
  const evidenceDigest = sha256(bytes);
  requireSame('evidence', claimed.evidence, evidenceDigest);
  const evidence = evidenceSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));

  const compared = gates.some((gate) => gate.maxRegression !== undefined);
  const baseline = compared ? await ports.baseline(request.model) : undefined;
  const verdict = judge({ gates, evidence, request, artifactDigest, baseline });
  const evidenceUri = await keep(request.model, request.execution, bytes, evidenceDigest, ports);
  await ports.journal.write(request.model, {
    type: 'Gate Decided',
    subject: subjectOf(request.model, request.version),
    actor: ports.actor,
    at: ports.now().toISOString(),
    details: {
      execution: request.execution,
      verdict: verdict.verdict,
      reasons: [...verdict.reasons],
      artifactDigest,
      evidenceDigest,
    },
  });
  const metrics = finiteMetrics(evidence);
  return {
    ...verdict,
    reasons: [...verdict.reasons],
    artifactUri: artifact,
    artifactDigest,
    evidenceUri,
    evidenceDigest,
    metrics,
  };
}

function requireSame(what: string, claimed: string, found: string): void {
  if (claimed && claimed !== found) throw new Error(`the ${what} is ${found}, the job answered ${claimed}`);
}

async function keep(
  model: string,
  execution: string,
  bytes: Uint8Array,
  digest: string,
  { objects, evidenceBucket }: GatePorts,
): Promise<string> {
  const to = { bucket: evidenceBucket, key: evidenceKey(model, execution) };
  if ((await objects.addOnce(to, bytes, digest)) === 'taken') {
    const before = await objects.digest(s3Uri(to));
    if (before !== digest) throw new Error(`${s3Uri(to)} holds other evidence (${before})`);
  }
  return s3Uri(to);
}
