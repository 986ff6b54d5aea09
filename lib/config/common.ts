import { z } from 'zod';

/** A name that becomes part of physical names: short, lower-case, safe in every AWS service. */
export const shortName = (max: number) =>
  z
    .string()
    .regex(
      /^[a-z][a-z0-9-]*[a-z0-9]$/,
      'use lower-case letters, digits or hyphens; start with a letter, do not end in a hyphen',
    )
    .min(2, 'use at least 2 characters')
    .max(max, `use at most ${max} characters`);

/** A 12-digit AWS account id, quoted in YAML so that a leading zero survives. */
export const accountId = z
  .string("use the 12-digit account id in quotes, for example '123456789012'")
  .regex(/^\d{12}$/, "use the 12-digit account id in quotes, for example '123456789012'");

/** An AWS region. */
export const regionName = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "use a region name such as 'eu-west-1'");

/** An availability zone name. */
export const zoneName = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, "use a zone name such as 'eu-west-1a'");

/** A semantic version without build metadata. */
export const semanticVersion = z
  .string()
  .regex(/^\d+\.\d+\.\d+(-[0-9a-z.-]+)?$/, "use a semantic version such as '1.4.0'");

/** `sha256:` and 64 hex digits. */
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, "use 'sha256:' and 64 lower-case hex digits");
