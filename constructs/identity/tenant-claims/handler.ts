import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { z } from 'zod';
import {
  type ClientRecord,
  clientRecord,
  isClientCredentials,
  type TokenEvent,
  tokenEvent,
  withClaims,
} from './claims';

const environment = z
  .object({
    CLIENT_RECORDS: z.string().startsWith('/'),
    TENANT_CLAIM: z.string().min(1),
    TENANT_CLASS_CLAIM: z.string().min(1),
  })
  .parse(process.env);
const ssm = new SSMClient({});

/** Adds the tenant to the token of a machine client. An unknown client gets no token: the error makes Cognito refuse. */
export async function handler(input: unknown): Promise<TokenEvent> {
  const event = tokenEvent.parse(input);
  if (!isClientCredentials(event)) return event;
  return withClaims(event, await readRecord(event.callerContext.clientId), {
    tenant: environment.TENANT_CLAIM,
    tenantClass: environment.TENANT_CLASS_CLAIM,
  });
}

async function readRecord(clientId: string): Promise<ClientRecord> {
  const name = `${environment.CLIENT_RECORDS}/${clientId}`;
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name }));
  return clientRecord.parse(JSON.parse(Parameter?.Value ?? 'null'));
}
