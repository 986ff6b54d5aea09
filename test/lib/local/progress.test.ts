import { Progress } from '../../../lib/local/progress';

test('a step is printed with its seconds, and what is being done is known meanwhile', async () => {
  const lines: string[] = [];
  let now = 0;
  const progress = new Progress(
    (line) => lines.push(line),
    () => now,
  );
  await progress.step('deployed', async () => {
    expect(progress.activity).toBe('deployed');
    now = 1_500;
  });
  expect(lines).toEqual(['    1.5 s  deployed']);
  expect(progress.steps).toEqual([{ name: 'deployed', seconds: 1.5 }]);
  expect(progress.activity).toBeUndefined();
});

test('a step that fails is not told as done', async () => {
  const lines: string[] = [];
  const progress = new Progress((line) => lines.push(line));
  await expect(progress.step('deployed', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(lines).toEqual([]);
  expect(progress.activity).toBeUndefined();
});
