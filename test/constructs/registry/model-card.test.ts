import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ModelCard, type ModelCardProps } from '../../../constructs';
import { codes } from '../../helpers/codes';

function make(changes: Partial<ModelCardProps> = {}): Template {
  const stack = new Stack();
  new ModelCard(stack, 'Card', {
    cardName: 'acme-iris',
    encryptionKey: new Key(stack, 'Key'),
    description: 'Names the species of an iris by four lengths',
    intendedUses: 'Teaching. Not for selling flowers.',
    owner: { team: 'ml', contact: 'ml@example.com', runbook: 'docs/runbooks.md' },
    risk: 'limited',
    ...changes,
  });
  return Template.fromStack(stack);
}

describe('ModelCard', () => {
  test('is an encrypted draft that names owner, use and risk, and is kept', () => {
    make().hasResource('AWS::SageMaker::ModelCard', {
      Properties: {
        ModelCardName: 'acme-iris',
        ModelCardStatus: 'Draft',
        SecurityConfig: { KmsKeyId: Match.anyValue() },
        Content: {
          ModelOverview: { ModelOwner: 'ml (ml@example.com)' },
          IntendedUses: { IntendedUses: 'Teaching. Not for selling flowers.', RiskRating: 'Medium' },
          AdditionalInformation: Match.absent(),
        },
      },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
  });

  test('says why it is risky and what to know', () => {
    make({ risk: 'high', riskReason: 'Decides on credit', caveats: 'Not tested for minors' }).hasResourceProperties(
      'AWS::SageMaker::ModelCard',
      {
        Content: {
          IntendedUses: { RiskRating: 'High', ExplanationsForRiskRating: 'Decides on credit' },
          AdditionalInformation: { CaveatsAndRecommendations: 'Not tested for minors' },
        },
      },
    );
  });

  test.each<[Partial<ModelCardProps>, string[]]>([
    [{ risk: 'high' }, ['RiskWithoutReason']],
    [{ cardName: 'a b' }, ['InvalidFormat']],
    [{ cardName: 'a'.repeat(64) }, ['InvalidFormat']],
    [{ description: '' }, ['InvalidFormat']],
    [{ description: 'a'.repeat(1025) }, ['InvalidFormat']],
    [{ intendedUses: 'a'.repeat(2048) }, []],
  ])('%j: %j', (changes, expected) => {
    expect(codes(() => make(changes))).toEqual(expected);
  });
});
