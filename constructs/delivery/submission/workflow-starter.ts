import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { ExecutionStarter } from './submit';

/** Starts state machines whose ARN is a common prefix and the name of the model. */
export class WorkflowStarter implements ExecutionStarter {
  readonly #client: Pick<SFNClient, 'send'>;
  readonly #prefix: string;

  constructor(client: Pick<SFNClient, 'send'>, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  public async start(model: string, execution: string, input: unknown): Promise<string | undefined> {
    const command = new StartExecutionCommand({
      stateMachineArn: `${this.#prefix}${model}`,
      name: execution,
      input: JSON.stringify(input),
    });
    try {
      return (await this.#client.send(command)).executionArn;
    } catch (error) {
      if (error instanceof Error && error.name === 'StateMachineDoesNotExist') return undefined;
      throw error;
    }
  }
}
