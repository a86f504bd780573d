import { ButtonIcon } from '@backstage/ui';
import { DEFAULT_CPU_TARGET } from '@konstellation/backstage-plugin-konstellation-common';
import { RiDeleteBinLine } from '@remixicon/react';
import { useTexts } from '../../hooks/useTexts';
import { AddEntry } from './AddEntry';
import {
  EMPTY_ROW,
  isNodeName,
  type ScalingDraft,
  type ScalingRow,
} from './scaling';
import { ScalingFields } from './ScalingFields';
import { SettingsGroup } from './SettingsGroup';

/** How many pods run each node. Read-only without `onChange`. */
export function ScalingEditor(props: {
  scaling: ScalingDraft;
  onChange?: (scaling: ScalingDraft) => void;
}) {
  const t = useTexts();
  const { scaling, onChange } = props;
  const { all, nodes } = scaling;
  const change = (name: string, row: ScalingRow) =>
    onChange?.({ all, nodes: { ...nodes, [name]: row } });
  const remove = (name: string) => {
    const { [name]: _, ...others } = nodes;
    onChange?.({ all, nodes: others });
  };
  // Of a node what is said of all, where nothing is said of it.
  const inherited = {
    least: all.least || '1',
    most: all.most || t('settings.scalingFixed'),
    cpu: all.cpu || String(DEFAULT_CPU_TARGET),
  };
  return (
    <SettingsGroup
      title={t('settings.scaling')}
      hint={t('settings.scalingHint')}
    >
      <ScalingFields
        title={t('settings.scalingAll')}
        row={all}
        placeholders={{
          least: '1',
          most: t('settings.scalingFixed'),
          cpu: String(DEFAULT_CPU_TARGET),
        }}
        onChange={onChange && (row => onChange({ all: row, nodes }))}
      />
      {Object.entries(nodes).map(([name, row]) => (
        <ScalingFields
          key={name}
          title={name}
          row={row}
          placeholders={inherited}
          onChange={onChange && (changed => change(name, changed))}
          action={
            onChange && (
              <ButtonIcon
                size="small"
                variant="tertiary"
                aria-label={t('settings.scalingRemove', { name })}
                icon={<RiDeleteBinLine />}
                onPress={() => remove(name)}
              />
            )
          }
        />
      ))}
      {onChange && (
        <AddEntry
          label={t('settings.scalingNode')}
          description={t('settings.scalingNodeHint')}
          button={t('settings.scalingAdd')}
          read={text => text.trim()}
          entries={Object.keys(nodes)}
          duplicate={t('settings.scalingDuplicate')}
          isValid={isNodeName}
          invalid={t('settings.scalingInvalidNode')}
          onAdd={name => change(name, EMPTY_ROW)}
        />
      )}
    </SettingsGroup>
  );
}
