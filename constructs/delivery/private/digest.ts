/** The digest in the form of the S3 checksum header: base64 of the 32 bytes. */
export function toBase64(digest: string): string {
  return Buffer.from(digest.replace(/^sha256:/, ''), 'hex').toString('base64');
}
