/** Where an object is. */
export interface ObjectLocation {
  readonly bucket: string;
  readonly key: string;
}

/** An object that does not exist until it is completed. */
export interface ObjectUpload {
  /** Adds the next part. */
  part(content: Uint8Array): Promise<void>;
  /** Makes the object appear; false when there is one already. */
  complete(): Promise<boolean>;
  /** Throws away what was sent. */
  abort(): Promise<void>;
}

/** What the replication needs of an object store. */
export interface ObjectStorage {
  /** `sha256:` digest of the content; none when there is no such object. */
  digest(location: ObjectLocation): Promise<string | undefined>;
  /** Content of an object. */
  read(location: ObjectLocation): AsyncIterable<Uint8Array>;
  /** Starts an upload that notes `digest` beside the content. */
  begin(location: ObjectLocation, digest: string): Promise<ObjectUpload>;
}
