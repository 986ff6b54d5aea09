import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { type z } from 'zod';
import { ConfigError, type ConfigProblem } from './problem';

/**
 * Reads the YAML file at `file` and checks it against `schema`.
 *
 * @throws ConfigError that lists every problem with its path, the value given and what is allowed
 */
export function readYaml<T extends z.ZodType>(file: string, schema: T): z.output<T> {
  const value = parse(file);
  const parsed = schema.safeParse(value, { error: explain });
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    file,
    parsed.error.issues.flatMap((issue) => problemsOf(issue, value)),
  );
}

function parse(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(error);
    throw new ConfigError(file, [{ path: '', text: `cannot be read: ${reason}`, given: '' }]);
  }
  const document = parseDocument(text, { uniqueKeys: true });
  if (document.errors.length > 0) {
    throw new ConfigError(
      file,
      document.errors.map((error) => ({ path: '', text: error.message.trim(), given: '' })),
    );
  }
  return document.toJS();
}

const explain: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'invalid_type' && issue.input === undefined) return `a value is missing (${issue.expected})`;
  return undefined;
};

function problemsOf(issue: z.core.$ZodIssue, root: unknown): ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: join([...issue.path, key]),
      text: 'unknown key; remove it or correct its spelling',
      given: show(at(root, [...issue.path, key])),
    }));
  }
  return [{ path: join(issue.path), text: issue.message, given: show(at(root, issue.path)) }];
}

function at(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined | null)?.[key], root);
}

function join(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`))
    .join('');
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
