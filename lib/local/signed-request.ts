import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsKeys, EmulatedAws } from './emulated-aws';

/** Answer of a signed request. */
export interface SignedAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What is asked of an HTTP API. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  /** Path below the base address, with its slash. */
  readonly path: string;
  readonly body?: object;
}

/** An HTTP API of the emulated AWS that identifies its callers by their signature. */
export class SignedApi {
  readonly #aws: EmulatedAws;
  readonly #apiId: string;

  constructor(aws: EmulatedAws, apiId: string) {
    this.#aws = aws;
    this.#apiId = apiId;
  }

  /** Name of the API's host; it is no name of the machine, so it has to be given with each request to the emulator. */
  public get host(): string {
    return `${this.#apiId}.execute-api.127.0.0.1:${this.#aws.port}`;
  }

  /** Sends `ask` as the holder of `keys`. */
  public async send(ask: ApiRequest, keys: AwsKeys): Promise<SignedAnswer> {
    const signer = new SignatureV4({
      service: 'execute-api',
      region: this.#aws.region,
      credentials: keys,
      sha256: Sha256,
    });
    const body = ask.body === undefined ? '' : JSON.stringify(ask.body);
    const signed = await signer.sign({
      method: ask.method,
      protocol: 'https:',
      hostname: '127.0.0.1',
      port: this.#aws.port,
      path: ask.path,
      headers: { host: this.host, 'content-type': 'application/json' },
      ...(body && { body }),
    });
    const { status, text } = await this.#exchange(ask.method, signed.path, signed.headers, body);
    return { status, body: text ? JSON.parse(text) : undefined };
  }

  #exchange(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const ca = readFileSync(this.#aws.certificate);
      const call = request(`${this.#aws.url}${path}`, { method, headers, ca, servername: 'localhost' }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      call.on('error', reject);
      call.end(body);
    });
  }
}

/** SHA-256 of Node.js in the shape that the signer asks for. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toBytes(secret));
  }

  public update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(toBytes(data));
  }

  public digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  public reset(): void {
    throw new Error('a hash is used once');
  }
}

function toBytes(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
