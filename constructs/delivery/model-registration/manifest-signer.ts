import { type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { digestBytes } from '../../registry/model-version';

/** Signs digests with a key of KMS that never leaves it. */
export class ManifestSigner {
  readonly #client: Pick<KMSClient, 'send'>;
  readonly #keyId: string;

  constructor(client: Pick<KMSClient, 'send'>, keyId: string) {
    this.#client = client;
    this.#keyId = keyId;
  }

  /** Signature of `digest`, DER, base64. */
  public async sign(digest: string): Promise<string> {
    const { Signature } = await this.#client.send(
      new SignCommand({
        KeyId: this.#keyId,
        Message: digestBytes(digest),
        MessageType: 'DIGEST',
        SigningAlgorithm: 'ECDSA_SHA_256',
      }),
    );
    if (!Signature) throw new Error('KMS answered no signature');
    return Buffer.from(Signature).toString('base64');
  }
}
