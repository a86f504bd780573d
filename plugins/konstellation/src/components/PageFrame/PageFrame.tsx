import type { ReactNode } from 'react';
import { matchPath, useLocation } from 'react-router-dom';
import { useBreadcrumbEntries } from '@backstage/frontend-plugin-api';
import {
  Container,
  Link,
  Tab,
  TabList,
  TabPanel,
  Tabs,
  Text,
} from '@backstage/ui';
import { usePageTitle } from '../../hooks/usePageTitle';
import styles from './PageFrame.module.css';

/** A part of a page with an address of its own. */
export interface PageTab {
  id: string;
  label: string;
  href: string;
}

/**
 * A page: what it is about, its state, what can be done with it, its parts, and the part one looks at. Unlike the Header
 * of @backstage/ui it carries a badge beside the title and lets the actions go below it on a narrow screen.
 */
export function PageFrame(props: {
  title: string;
  breadcrumbs?: Array<{ label: string; href: string }>;
  badge?: ReactNode;
  actions?: ReactNode;
  description?: ReactNode;
  tabs?: PageTab[];
  children: ReactNode;
}) {
  const { title, breadcrumbs = [] } = props;
  usePageTitle([title, ...breadcrumbs.map(({ label }) => label).reverse()]);
  // The header of the new frontend system shows them already.
  const hasPortalBreadcrumbs = useBreadcrumbEntries().items.length > 0;
  const { pathname } = useLocation();
  // At another address no panel would be shown.
  const isTab = props.tabs?.some(({ href }) => matchPath(href, pathname));
  const content = <div className={styles.content}>{props.children}</div>;
  return (
    <>
      <Container className={styles.heading}>
        {props.breadcrumbs && !hasPortalBreadcrumbs && (
          <nav aria-label="Breadcrumbs" className={styles.breadcrumbs}>
            {props.breadcrumbs.map(each => (
              <span key={each.href}>
                <Link href={each.href} variant="body-small" color="secondary">
                  {each.label}
                </Link>
                <span aria-hidden="true"> / </span>
              </span>
            ))}
          </nav>
        )}
        <div className={styles.top}>
          <Text
            as="h2"
            variant="title-small"
            weight="bold"
            className={styles.title}
          >
            {props.title}
          </Text>
          {props.badge}
          {props.actions && (
            <div className={styles.actions}>{props.actions}</div>
          )}
        </div>
        {props.description}
      </Container>
      <Container>
        {props.tabs && (
          <Tabs className={styles.tabs}>
            <div className={styles.tabList}>
              <TabList aria-label={props.title}>
                {props.tabs.map(tab => (
                  <Tab key={tab.id} id={tab.id} href={tab.href}>
                    {tab.label}
                  </Tab>
                ))}
              </TabList>
            </div>
            {props.tabs.map(tab => (
              <TabPanel key={tab.id} id={tab.id} className={styles.panel}>
                {content}
              </TabPanel>
            ))}
          </Tabs>
        )}
        {!isTab && content}
      </Container>
    </>
  );
}
