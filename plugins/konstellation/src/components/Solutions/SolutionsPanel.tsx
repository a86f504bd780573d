import { useState } from 'react';
import { Button, Text } from '@backstage/ui';
import { useApi } from '@backstage/core-plugin-api';
import type {
  Runtime,
  Solution,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useTexts } from '../../hooks/useTexts';
import { CommentDialog } from '../Commands/CommentDialog';
import { Panel } from '../Common/Panel';
import { StatusShape } from '../Status/StatusShape';
import { deletingLook, versionLooks } from '../Status/tones';
import { AddSolutionDialog } from './AddSolutionDialog';
import styles from './Solutions.module.css';

/** The solutions of a runtime, with ways to add one and to delete one. */
export function SolutionsPanel(props: {
  runtime: Runtime;
  /** Whether solutions may be added and deleted. */
  mayChange: boolean;
  onChanged: () => void;
}) {
  const { runtime, mayChange } = props;
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const [isAdding, setAdding] = useState(false);
  const [target, setTarget] = useState<Solution>();
  return (
    <Panel narrow>
      <div className={styles.head}>
        <Text as="h3" variant="body-large" weight="bold">
          {t('solutions.title')}
        </Text>
        {mayChange && (
          <Button
            size="small"
            variant="secondary"
            onPress={() => setAdding(true)}
          >
            {t('solutions.add')}
          </Button>
        )}
      </div>
      <Text as="p" variant="body-small" color="secondary">
        {t('solutions.text')}
      </Text>
      <ul className={styles.list} aria-label={t('solutions.list')}>
        {runtime.solutions.map(solution => (
          <SolutionItem
            key={solution.id}
            solution={solution}
            isFirst={solution.id === runtime.id}
            onDelete={
              mayChange && solution.id !== runtime.id && !solution.deleting
                ? () => setTarget(solution)
                : undefined
            }
          />
        ))}
      </ul>
      {isAdding && (
        <AddSolutionDialog
          runtime={runtime}
          onClose={() => setAdding(false)}
          onAdded={props.onChanged}
        />
      )}
      {target && (
        <CommentDialog
          title={t('solutions.deleteTitle', { solution: target.name })}
          verb={t('solutions.deleteVerb')}
          effects={[
            t('solutions.deleteEffect'),
            t('solutions.deleteAddressEffect', {
              address: target.address.http,
            }),
            t('solutions.deleteKeepEffect'),
          ]}
          destructive
          onClose={() => setTarget(undefined)}
          onSubmit={async comment => {
            await api.deleteSolution(runtime.id, target.id, comment);
            setTarget(undefined);
            props.onChanged();
          }}
        />
      )}
    </Panel>
  );
}

function SolutionItem(props: {
  solution: Solution;
  isFirst: boolean;
  onDelete?: () => void;
}) {
  const { solution } = props;
  const t = useTexts();
  const lookWhenThere = solution.publishedVersion
    ? versionLooks.PUBLISHED
    : versionLooks.STOPPED;
  const state = solution.publishedVersion
    ? t('solutions.published', { version: solution.publishedVersion })
    : t('solutions.nothingPublished');
  return (
    <li className={styles.item}>
      <StatusShape look={solution.deleting ? deletingLook : lookWhenThere} />
      <div className={styles.body}>
        <span>
          <strong>{solution.name}</strong>{' '}
          <span className={styles.secondary}>
            {solution.name !== solution.id && `${solution.id} · `}
            {solution.deleting ? t('solutions.deleting') : state}
          </span>
        </span>
        <code>{solution.address.http}</code>
        {props.isFirst && (
          <span className={styles.secondary}>{t('solutions.first')}</span>
        )}
      </div>
      {props.onDelete && (
        <Button
          size="small"
          variant="tertiary"
          aria-label={t('solutions.deleteLabel', { solution: solution.name })}
          onPress={props.onDelete}
        >
          {t('solutions.delete')}
        </Button>
      )}
    </li>
  );
}
