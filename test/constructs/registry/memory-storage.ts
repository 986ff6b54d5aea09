import { createHash } from 'node:crypto';
import type {
  ObjectLocation,
  ObjectStorage,
  ObjectUpload,
} from '../../../constructs/registry/artifact-replication/object-storage';

/** `sha256:` digest of a text. */
export const digestOf = (content: string) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** Object storage in memory that counts uploads, and in which another writer can be first. */
export class MemoryStorage implements ObjectStorage {
  public readonly objects = new Map<string, string>();
  public readonly parts: string[] = [];
  public aborted = 0;
  public beforeComplete: () => void = () => {};

  public async digest({ bucket, key }: ObjectLocation): Promise<string | undefined> {
    const content = this.objects.get(`${bucket}/${key}`);
    return content === undefined ? undefined : digestOf(content);
  }

  public async *read({ bucket, key }: ObjectLocation): AsyncIterable<Uint8Array> {
    const content = this.objects.get(`${bucket}/${key}`);
    if (content === undefined) throw new Error('NoSuchKey');
    for (const letter of content) yield Buffer.from(letter);
  }

  public async begin({ bucket, key }: ObjectLocation): Promise<ObjectUpload> {
    const parts: string[] = [];
    return {
      part: async (content) => {
        parts.push(Buffer.from(content).toString());
        this.parts.push(parts.at(-1)!);
      },
      complete: async () => {
        this.beforeComplete();
        if (this.objects.has(`${bucket}/${key}`)) return false;
        this.objects.set(`${bucket}/${key}`, parts.join(''));
        return true;
      },
      abort: async () => {
        this.aborted += 1;
      },
    };
  }
}
