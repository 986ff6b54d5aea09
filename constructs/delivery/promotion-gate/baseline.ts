import { sha256 } from '../../core/canonical-json';
import type { ModelVersion } from '../../registry/model-version';
import type { ObjectStore } from '../private/object-store';
import { s3Uri } from '../private/s3-uri';
import { evidenceSchema } from './evidence';
import type { Baseline } from './judge';

/**
 * Evidence of a registered version.
 *
 * @throws Error when it is not the evidence that the version was registered with
 */
export async function loadBaseline(
  version: ModelVersion | undefined,
  objects: ObjectStore,
  bucket: string,
): Promise<Baseline | undefined> {
  if (!version) return undefined;
  const uri = s3Uri({ bucket, key: version.evidenceKey });
  const bytes = await objects.read(uri);
  const found = sha256(bytes);
  if (found !== version.evidenceDigest) throw new Error(`${uri} is ${found}, registered is ${version.evidenceDigest}`);
  return { version: version.version, evidence: evidenceSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))) };
}
