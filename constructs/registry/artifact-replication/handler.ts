import { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { modelRegisteredSchema } from '../model-version';
import { copyRelease } from './copy-release';
import { S3ObjectStorage } from './s3-object-storage';

const environment = z
  .object({
    SOURCE_BUCKET: z.string().min(3),
    SOURCE_ACCOUNT: z.string().regex(/^\d{12}$/),
    SOURCE_REGION: z.string().min(1),
    TARGET_BUCKET: z.string().min(3),
    TARGET_ACCOUNT: z.string().regex(/^\d{12}$/),
    TARGET_REGION: z.string().min(1),
  })
  .parse(process.env);

const storage = new S3ObjectStorage(
  {
    client: new S3Client({ region: environment.SOURCE_REGION }),
    bucket: environment.SOURCE_BUCKET,
    account: environment.SOURCE_ACCOUNT,
  },
  {
    client: new S3Client({ region: environment.TARGET_REGION }),
    bucket: environment.TARGET_BUCKET,
    account: environment.TARGET_ACCOUNT,
  },
);

const batchSchema = z.object({ Records: z.array(z.object({ body: z.string() })) });
const eventSchema = z.object({ detail: modelRegisteredSchema });

/** Copies the artefacts of the registered model versions in a batch of the queue into the replica of one cell. */
export async function handler(batch: unknown): Promise<void> {
  for (const { body } of batchSchema.parse(batch).Records) {
    const { artifactKey: key, artifactDigest: digest } = eventSchema.parse(JSON.parse(body)).detail;
    const source = { bucket: environment.SOURCE_BUCKET, key };
    const target = { bucket: environment.TARGET_BUCKET, key };
    const outcome = await copyRelease(storage, { source, target, digest });
    process.stdout.write(`${JSON.stringify({ key, digest, ...outcome })}\n`);
  }
}
