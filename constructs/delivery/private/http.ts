import { z } from 'zod';
import { type Caller, parseCaller } from './caller';

const eventSchema = z.object({
  body: z.string().optional(),
  isBase64Encoded: z.boolean().optional(),
  pathParameters: z.record(z.string(), z.string()).optional(),
  requestContext: z.object({
    requestId: z.string().min(1),
    http: z.object({ method: z.string() }),
    // Set by API Gateway after it has checked the signature. Nothing else in the event says who calls.
    authorizer: z.object({ iam: z.object({ userArn: z.string() }) }),
  }),
});

/** A request of an IAM-authenticated HTTP API (payload format 2.0). */
export interface SignedRequest {
  readonly id: string;
  readonly method: string;
  readonly caller: Caller;
  readonly path: Readonly<Record<string, string>>;
  /** Parsed JSON body; undefined without one. */
  readonly body: unknown;
}

/** Answer of an HTTP API handler. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request that is answered with `status` and a stable code. */
export class RequestRefused extends Error {
  public readonly status: number;
  public readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'RequestRefused';
    this.status = status;
    this.code = code;
  }
}

/** A JSON answer. */
export function answer(statusCode: number, body: unknown): HttpAnswer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}

/**
 * Reads a request: without a verified caller there is none.
 *
 * @throws RequestRefused 401 without a verified caller, 400 for a body that is no JSON
 */
export function readRequest(event: unknown): SignedRequest {
  const parsed = eventSchema.safeParse(event);
  const caller = parsed.success ? parseCaller(parsed.data.requestContext.authorizer.iam.userArn) : undefined;
  if (!parsed.success || !caller) {
    throw new RequestRefused(401, 'CallerUnknown', 'sign the request as a role session or an IAM user');
  }
  const { requestContext, pathParameters = {}, body, isBase64Encoded } = parsed.data;
  return {
    id: requestContext.requestId,
    method: requestContext.http.method,
    caller,
    path: pathParameters,
    body: parseBody(isBase64Encoded && body ? Buffer.from(body, 'base64').toString('utf8') : body),
  };
}

/** Runs `respond` and turns refusals and schema errors into answers; anything else is an error of ours and stays one. */
export async function respondTo(
  event: unknown,
  respond: (request: SignedRequest) => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  try {
    return await respond(readRequest(event));
  } catch (error) {
    if (error instanceof RequestRefused) return answer(error.status, { error: error.code, message: error.message });
    if (error instanceof z.ZodError) return answer(400, { error: 'InvalidRequest', message: z.prettifyError(error) });
    throw error;
  }
}

function parseBody(text: string | undefined): unknown {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestRefused(400, 'InvalidRequest', 'the body must be JSON');
  }
}
