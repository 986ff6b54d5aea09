import { z } from 'zod';
import { canonicalJson, sha256 } from '../core/canonical-json';

/** Name of the index that answers what is live in a cell. */
export const LIVE_INDEX = 'live';

/** States of a registered version. */
export const VERSION_STAGES = ['registered', 'released', 'retired', 'revoked'] as const;

/** State of a registered version. */
export type VersionStage = (typeof VERSION_STAGES)[number];

const NEXT_STAGES: Record<VersionStage, readonly VersionStage[]> = {
  registered: ['released', 'retired', 'revoked'],
  released: ['retired', 'revoked'],
  retired: ['released', 'revoked'],
  revoked: [],
};

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, "use 'sha256:' and 64 lower-case hex digits");
const modelName = z.string().regex(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/, 'use 2 to 32 lower-case letters, digits, hyphens');
const version = z.string().regex(/^\d+\.\d+\.\d+(-[0-9a-z.-]+)?$/, "use a semantic version such as '1.4.0'");

const subject = {
  name: modelName,
  version,
  artifactDigest: digest,
  artifactKey: z.string().min(1).max(1024),
  dataset: z.string().regex(/^[a-z][a-z0-9-]*@\d+\.\d+\.\d+(-[0-9a-z.-]+)?$/, "use '<name>@<version>'"),
  datasetDigest: digest,
  evidenceDigest: digest,
  evidenceKey: z.string().min(1).max(1024),
  execution: z.string().min(1).max(2048),
  submitter: z.string().min(1).max(2048),
  approvers: z.array(z.string().min(1).max(2048)).min(1).max(10),
  createdAt: z.iso.datetime(),
};

/** What is signed about a version: everything that makes it what it is, and nothing that changes later. */
export const releaseManifestSchema = z.strictObject({
  schema: z.literal('groundplane/release-manifest/1'),
  ...subject,
});

/** A registered version of a model, as the registry keeps it. */
export const modelVersionSchema = z
  .strictObject({
    ...subject,
    stage: z.enum(VERSION_STAGES),
    signature: z.base64().meta({ description: 'Signature of the digest of the release manifest, DER, base64.' }),
  })
  .refine((record) => !record.approvers.includes(record.submitter), {
    path: ['approvers'],
    message: 'a submitter cannot approve their own version',
  });

/** What a cell serves of one model. */
export const liveVersionSchema = z.strictObject({
  name: modelName,
  cell: z.string().min(1).max(12),
  version,
  artifactDigest: digest,
  execution: z.string().min(1),
  since: z.iso.datetime(),
});

/** Detail of the event `Model Registered`. */
export const modelRegisteredSchema = z.object({
  name: modelName,
  version,
  artifactDigest: digest,
  artifactKey: z.string().startsWith('models/').max(1024),
});

/** What is signed about a version. */
export type ReleaseManifest = z.output<typeof releaseManifestSchema>;
/** A registered version of a model. */
export type ModelVersion = z.output<typeof modelVersionSchema>;
/** What a cell serves of one model. */
export type LiveVersion = z.output<typeof liveVersionSchema>;
/** Detail of the event `Model Registered`. */
export type ModelRegistered = z.output<typeof modelRegisteredSchema>;
/** A version without the fields that registration itself adds. */
export type UnsignedVersion = Omit<ModelVersion, 'stage' | 'signature'>;

/**
 * The manifest of `record`: what is signed.
 *
 * @throws ZodError when a field does not fit
 */
export function releaseManifest(record: UnsignedVersion): ReleaseManifest {
  const fields = Object.entries(record).filter(([field]) => field in subject);
  return releaseManifestSchema.parse({ schema: 'groundplane/release-manifest/1', ...Object.fromEntries(fields) });
}

/** `sha256:` digest of the canonical JSON of `manifest`; its 32 bytes are what KMS signs (`MessageType: DIGEST`). */
export function manifestDigest(manifest: ReleaseManifest): string {
  return sha256(canonicalJson(manifest));
}

/** The bytes of a `sha256:` digest. */
export function digestBytes(value: string): Uint8Array {
  return Buffer.from(value.replace(/^sha256:/, ''), 'hex');
}

/** Whether a version in stage `from` may go to stage `to`. */
export function canMove(from: VersionStage, to: VersionStage): boolean {
  return NEXT_STAGES[from].includes(to);
}
