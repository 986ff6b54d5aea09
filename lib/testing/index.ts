export { type PolicyFinding, type PolicyPack, policyFindings } from './policy-findings';
export { redactedChart, redactedTemplate } from './redacted';
