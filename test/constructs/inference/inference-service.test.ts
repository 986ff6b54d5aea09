import { InferenceService } from '../../../constructs/inference';
import { fixture, server } from './fixture';

test('reserves a core and memory by default', () => {
  const { stack, props } = fixture();
  const service = new InferenceService(stack, 'Iris', props);
  expect(server(service).resources).toEqual({
    requests: { cpu: '500m', memory: '1024Mi' },
    limits: { memory: '1024Mi' },
  });
});
