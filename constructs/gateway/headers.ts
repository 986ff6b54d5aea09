/** Headers that the gateway alone may set: what a caller sends under these names is dropped before anything reads it. */
export const GatewayHeader = {
  /** Tenant of the verified token. */
  tenant: 'x-tenant',
  /** Class of the tenant, where the token names one. */
  tenantClass: 'x-tenant-class',
  /** Client of the verified token. */
  client: 'x-client-id',
  /** Model that answered. */
  model: 'x-model-name',
  /** Version of the model that answered. */
  modelVersion: 'x-model-version',
  /** Id of the answer: the same in the answer, in the access log and at the model. */
  answer: 'x-request-id',
} as const;

/** Port of the proxies, and of the load balancer's targets. */
export const PROXY_PORT = 8080;

/** Path under which a proxy says that it takes requests; it fails while the proxy drains. */
export const HEALTH_PATH = '/healthz';
