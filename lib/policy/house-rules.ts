import { type App, CloudFormationValidatePlugin, Validations } from 'aws-cdk-lib';
import { VALIDATE_AGAINST_DEFAULT_RULES } from 'aws-cdk-lib/cx-api';
import { HOUSE_RULES } from './rules';

/**
 * Checks every template of `app`, those of its stages included, against the house rules besides the rules of the CDK. A finding ends the synthesis.
 * Does nothing where the rules of the CDK are off, or where the context `groundplane:houseRules` is false.
 */
export function checkHouseRules(app: App): void {
  const on = [VALIDATE_AGAINST_DEFAULT_RULES, 'groundplane:houseRules'].map((key) => app.node.tryGetContext(key));
  if (!on[0] || String(on[1]) === 'false') return;
  Validations.of(app).addPlugins(new CloudFormationValidatePlugin({ guardRules: [...HOUSE_RULES] }));
}
