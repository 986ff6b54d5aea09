import type { ModelQueries, ServedModel } from '../server-spec';

const RATE = '5m';

/** What to ask about a predictor. */
export function predictorQueries({ modelName, modelVersion }: ServedModel): ModelQueries {
  const labels = `model="${modelName}",version="${modelVersion}"`;
  return {
    requests: `sum(rate(predictor_requests_total{${labels}}[${RATE}]))`,
    errors: `sum(rate(predictor_requests_total{${labels},status=~"5.."}[${RATE}]))`,
    latency: `histogram_quantile(0.95, sum by (le) (rate(predictor_request_seconds_bucket{${labels}}[${RATE}])))`,
    running: `sum(predictor_in_flight{${labels}})`,
  };
}

/**
 * What to ask about vLLM.
 *
 * @see https://docs.vllm.ai/en/stable/usage/metrics.html
 */
export function vllmQueries(servedName: string): ModelQueries {
  const labels = `model_name="${servedName}"`;
  const quantile = (name: string) => `histogram_quantile(0.95, sum by (le) (rate(${name}_bucket{${labels}}[${RATE}])))`;
  return {
    requests: `sum(rate(vllm:request_success_total{${labels}}[${RATE}]))`,
    errors: `sum(rate(vllm:request_success_total{${labels},finished_reason=~"abort|error"}[${RATE}]))`,
    latency: quantile('vllm:e2e_request_latency_seconds'),
    running: `sum(vllm:num_requests_running{${labels}})`,
    timeToFirstToken: quantile('vllm:time_to_first_token_seconds'),
    queueDepth: `sum(vllm:num_requests_waiting{${labels}})`,
    keyValueCacheUsage: `max(vllm:kv_cache_usage_perc{${labels}})`,
  };
}
