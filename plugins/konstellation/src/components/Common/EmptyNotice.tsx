import type { ReactNode } from 'react';
import { Flex, Text } from '@backstage/ui';
import styles from './EmptyNotice.module.css';

/** What a place is for while nothing is there, and how to begin. */
export function EmptyNotice(props: {
  title: string;
  text: string;
  children?: ReactNode;
}) {
  return (
    <Flex direction="column" align="center" gap="3" className={styles.notice}>
      <Text as="h3" variant="title-x-small" weight="bold">
        {props.title}
      </Text>
      <Text as="p" variant="body-medium" className={styles.text}>
        {props.text}
      </Text>
      {props.children}
    </Flex>
  );
}
