import { PlatformError } from '../../constructs';

/** Codes of the problems that `act` was refused for; none if it passed. */
export function codes(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof PlatformError) return error.problems.map(({ code }) => code);
    throw error;
  }
  return [];
}
