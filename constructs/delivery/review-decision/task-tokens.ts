import { SendTaskSuccessCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { ReviewResult } from '../private/schemas';
import type { TaskTokens } from './review';

/** Nobody waits for such a token: timed out, answered before, or the execution ended. */
const GONE = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

/** Task tokens of Step Functions. */
export class StepFunctionsTokens implements TaskTokens {
  readonly #client: Pick<SFNClient, 'send'>;

  constructor(client: Pick<SFNClient, 'send'>) {
    this.#client = client;
  }

  public async succeed(taskToken: string, output: ReviewResult): Promise<'taken' | 'gone'> {
    try {
      await this.#client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));
      return 'taken';
    } catch (error) {
      if (error instanceof Error && GONE.has(error.name)) return 'gone';
      throw error;
    }
  }
}
