export { type PolicyFinding, policyFindings, type PolicyPack } from './policy-findings';
export { redactedChart, redactedTemplate } from './redacted';
