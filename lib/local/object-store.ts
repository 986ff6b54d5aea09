import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NotFound,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { LocalFailure } from './failure';

/** `sha256:` and the hex digest of `bytes`. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Bucket and key of an `s3://bucket/key` address. */
export function parseS3Uri(uri: string): { readonly bucket: string; readonly key: string } {
  const match = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri);
  if (!match) throw new LocalFailure(`'${uri}' is not an S3 address`);
  return { bucket: match[1]!, key: match[2]! };
}

/** The bytes of an object. */
export async function readObject(client: S3Client, uri: string): Promise<Uint8Array> {
  const { bucket, key } = parseS3Uri(uri);
  const { Body: body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  if (!body) throw new LocalFailure(`${uri} has no content`);
  return body.transformToByteArray();
}

/** Whether an object is there. */
export async function objectExists(client: S3Client, uri: string): Promise<boolean> {
  const { bucket, key } = parseS3Uri(uri);
  try {
    await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}

/** Writes an object that must not exist yet, and answers its address. */
export async function createObject(client: S3Client, uri: string, body: Uint8Array): Promise<string> {
  const { bucket, key } = parseS3Uri(uri);
  await client.send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, IfNoneMatch: '*', ChecksumAlgorithm: 'SHA256' }),
  );
  return uri;
}

/** Copies what `uri` names into `folder`: one object, or every object below a prefix that ends in `/`. */
export async function download(client: S3Client, uri: string, folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const names = uri.endsWith('/') ? await namesBelow(client, uri) : [''];
  if (names.length === 0) throw new LocalFailure(`${uri} holds no objects`);
  const files: string[] = [];
  for (const name of names) {
    const file = path.join(folder, path.posix.basename(name || parseS3Uri(uri).key));
    writeFileSync(file, await readObject(client, `${uri}${name}`));
    files.push(file);
  }
  return files;
}

async function namesBelow(client: S3Client, uri: string): Promise<string[]> {
  const { bucket, key } = parseS3Uri(uri);
  const { Contents: found } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key }));
  return (found ?? []).map((object) => (object.Key ?? '').slice(key.length)).filter((name) => name !== '');
}
