import { z } from 'zod';

/** Who signed a request, as AWS says and not as the request says. */
export interface Caller {
  /** ARN of the session, user or root. */
  readonly arn: string;
  /** Account of the caller. */
  readonly account: string;
  /** Name of the assumed role; empty for an IAM user. */
  readonly role: string;
  /** The person: role session name, or name of the IAM user. Compared without regard to case. */
  readonly person: string;
}

/** A caller as it stands in records, events and the state of an execution. */
export const callerSchema = z.object({
  arn: z.string().min(1),
  account: z.string(),
  role: z.string(),
  person: z.string().min(1),
});

const ASSUMED_ROLE = /^arn:aws[a-z-]*:sts::(\d{12}):assumed-role\/([^/]+)\/(.+)$/;
const USER = /^arn:aws[a-z-]*:iam::(\d{12}):user\/(?:.*\/)?([^/]+)$/;

/** Reads the ARN that API Gateway found by checking the signature; nothing for the account root and unknown kinds. */
export function parseCaller(arn: string): Caller | undefined {
  const role = ASSUMED_ROLE.exec(arn);
  if (role) return { arn, account: role[1]!, role: role[2]!, person: role[3]! };
  const user = USER.exec(arn);
  return user ? { arn, account: user[1]!, role: '', person: user[2]! } : undefined;
}

/** Whether two callers are the same human being, as far as AWS can tell. */
export function samePerson(a: Caller, b: Caller): boolean {
  return a.arn === b.arn || a.person.toLowerCase() === b.person.toLowerCase();
}
