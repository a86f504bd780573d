import { useState } from 'react';
import { Button, Flex, Text, TextAreaField } from '@backstage/ui';
import { useApi } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import type {
  Address,
  PredictionResult,
  RpcSchema,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useTexts } from '../../hooks/useTexts';
import { CopyField } from '../Common/CopyField';
import { DisabledButton } from '../Common/DisabledButton';
import { Panel } from '../Common/Panel';
import { PredictionAnswer } from './PredictionAnswer';
import { RequestFields } from './RequestFields';
import styles from './Predictions.module.css';
import { curlCommand } from './curlCommand';

/** One rpc: a request to edit, a button that sends it, and its answer. */
export function RpcCard(props: {
  rpc: RpcSchema;
  version: Version;
  address: Address;
  mayCall: boolean;
}) {
  const { rpc, version } = props;
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const example = JSON.stringify(rpc.example, undefined, 2);
  const [text, setText] = useState(example);
  const [pending, setPending] = useState(false);
  const [outcome, setOutcome] = useState<PredictionResult | Error>();

  const body = parseJson(text);
  const fault = () =>
    body.error && t('predictions.invalidJson', { message: body.error });
  const isPublished = version.status === 'PUBLISHED';
  const isRunning = isPublished || version.status === 'STARTED';

  const call = async () => {
    if (body.error) {
      return;
    }
    setPending(true);
    try {
      setOutcome(
        await api.predict(
          { runtime: version.runtime, version: version.name },
          rpc.rpc,
          body.value,
        ),
      );
    } catch (error) {
      setOutcome(toError(error));
    }
    setPending(false);
  };

  const explain = () => {
    if (!isRunning) {
      return t('predictions.notRunning', { status: version.status });
    }
    return isPublished
      ? t('predictions.published')
      : t('predictions.throughPortal');
  };

  return (
    <Panel label={rpc.rpc}>
      <div>
        <Text as="h3" variant="body-large" weight="bold">
          {rpc.rpc}
        </Text>
        <Text as="p" variant="body-small" color="secondary">
          {rpc.service} · {explain()}
        </Text>
      </div>
      <div className={styles.columns}>
        <Flex direction="column" gap="3" className={styles.column}>
          <TextAreaField
            label={t('predictions.request')}
            rows={10}
            className={styles.editor}
            validationBehavior="aria"
            validate={fault}
            value={text}
            onChange={setText}
            spellCheck="false"
          />
          <Flex gap="2">
            {isRunning && props.mayCall ? (
              <Button
                variant="primary"
                onPress={call}
                isPending={pending}
                isDisabled={Boolean(body.error)}
              >
                {t('predictions.call')}
              </Button>
            ) : (
              <DisabledButton
                label={t('predictions.call')}
                reason={isRunning ? t('common.noPermission') : explain()}
                variant="primary"
              />
            )}
            {text !== example && (
              <Button variant="tertiary" onPress={() => setText(example)}>
                {t('predictions.reset')}
              </Button>
            )}
          </Flex>
        </Flex>
        <div className={styles.column}>
          <PredictionAnswer outcome={outcome} />
          <RequestFields type={rpc.requestType} schema={rpc.requestSchema} />
        </div>
      </div>
      {isPublished && !body.error && (
        <div>
          <Text as="h4" variant="body-medium" weight="bold">
            {t('predictions.curl')}
          </Text>
          <CopyField
            block
            text={curlCommand(props.address, rpc, JSON.stringify(body.value))}
            what="curl"
          />
        </div>
      )}
    </Panel>
  );
}

function parseJson(text: string): { value?: unknown; error?: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { error: toError(error).message };
  }
}
