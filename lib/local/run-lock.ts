import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import path from 'node:path';
import { LocalFailure } from './failure';

/**
 * Keeps a second run away from the same state folder.
 *
 * The lock is a listening socket: the system closes it with the process, however that ends, so it can never be stale.
 */
export class RunLock {
  readonly #server: Server;
  readonly #file: string;

  private constructor(server: Server, file: string) {
    this.#server = server;
    this.#file = file;
  }

  /**
   * Takes the lock `file`; who holds it answers `greeting` to others.
   *
   * @throws LocalFailure when another run holds it
   */
  public static async take(file: string, greeting: string): Promise<RunLock> {
    const address = path.relative(process.cwd(), file); // a socket path has about 100 characters at most
    const holder = await ask(address);
    if (holder !== undefined) {
      throw new LocalFailure(`another run is up in ${path.dirname(address)} (${holder})`, {
        kind: 'busy',
        remedy: 'use that one, or stop it with Ctrl-C in its terminal',
      });
    }
    rmSync(file, { force: true });
    const server = createServer((socket) => socket.on('error', () => undefined).end(greeting));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(address, resolve);
    });
    server.unref();
    return new RunLock(server, file);
  }

  /** Gives the lock back. */
  public release(): void {
    this.#server.close();
    rmSync(this.#file, { force: true });
  }
}

/** What the holder of the lock says; undefined when nobody holds it. */
function ask(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(address);
    socket.setEncoding('utf8');
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('data', (text: string) => {
      said += text;
    });
    socket.on('connect', () => {
      socket.on('close', () => resolve(said || 'it does not say which'));
    });
    socket.on('error', () => resolve(undefined));
  });
}
