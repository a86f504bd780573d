import type { ReactNode } from 'react';
import { Flex, Text } from '@backstage/ui';

/** Settings that belong together, with what they are for. */
export function SettingsGroup(props: {
  title: string;
  hint: string;
  children: ReactNode;
}) {
  return (
    <Flex direction="column" gap="2">
      <Text as="h4" variant="body-medium" weight="bold">
        {props.title}
      </Text>
      <Text as="p" variant="body-small" color="secondary">
        {props.hint}
      </Text>
      {props.children}
    </Flex>
  );
}
