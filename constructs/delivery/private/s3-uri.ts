/** Where an object lies. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Reads `s3://bucket/key`.
 *
 * @throws Error when the text is no such address
 */
export function parseS3Uri(uri: string): S3Location {
  const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri);
  if (!match) throw new Error(`'${uri}' is not of the form s3://bucket/key`);
  return { bucket: match[1]!, key: match[2]! };
}

/** `s3://bucket/key`. */
export function s3Uri({ bucket, key }: S3Location): string {
  return `s3://${bucket}/${key}`;
}
