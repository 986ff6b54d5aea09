import { z } from 'zod';

/**
 * Reads the environment of a handler: the only place where one does.
 *
 * @throws Error that names every variable that is missing or does not fit
 */
export function readEnvironment<T extends z.ZodRawShape>(shape: T): z.output<z.ZodObject<T>> {
  const parsed = z.object(shape).safeParse(process.env);
  if (!parsed.success) throw new Error(`the environment does not fit: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** A variable that must be there. */
export const text = z.string().min(1);

/** A variable that holds names, separated by commas. */
export const names = text.transform((value) => value.split(','));
