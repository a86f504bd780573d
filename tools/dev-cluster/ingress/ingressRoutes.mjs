// Ingress objects as routes. Pure.
import { CLASS } from './names.mjs';

/** Annotations of the controllers in use by which a backend is said to speak HTTP/2 without TLS. */
const H2_ANNOTATIONS = {
  'nginx.ingress.kubernetes.io/backend-protocol': ['GRPC'],
  'haproxy-ingress.github.io/backend-protocol': ['grpc', 'h2'],
  'haproxy.org/server-proto': ['h2'],
};

const PATH_TYPES = {
  Exact: 'Exact',
  Prefix: 'Prefix',
  ImplementationSpecific: 'Prefix',
};

const speaksH2 = ({ annotations = {} }) =>
  Object.entries(H2_ANNOTATIONS).some(([name, values]) =>
    values.includes(annotations[name]),
  );

export function isOurs({ metadata, spec }) {
  const name =
    spec.ingressClassName ??
    metadata.annotations?.['kubernetes.io/ingress.class'];
  return name === undefined || name === CLASS;
}

function routeOf(ingress, key, host, path, backend) {
  const { namespace, name } = ingress.metadata;
  const { service } = backend;
  if (!service) return [];
  return [
    {
      key: `ingress:${namespace}:${name}:${key}`,
      host,
      // Of a wildcard, Ingress means one label and Gateway any number.
      isSingleLabel: true,
      path,
      backends: [
        {
          namespace,
          name: service.name,
          port: service.port.name ?? service.port.number,
          weight: 1,
          h2: speaksH2(ingress.metadata),
        },
      ],
    },
  ];
}

/** @returns routes of render.mjs */
export function ingressRoutes(ingresses) {
  return ingresses.filter(isOurs).flatMap(ingress => {
    const { rules = [], defaultBackend } = ingress.spec;
    const everything = { type: 'Prefix', value: '/' };
    return [
      ...rules.flatMap(({ host = '*', http }, index) =>
        (http?.paths ?? []).flatMap(({ path, pathType, backend }, at) =>
          routeOf(
            ingress,
            `${index}-${at}`,
            host,
            { type: PATH_TYPES[pathType], value: path || '/' },
            backend,
          ),
        ),
      ),
      ...(defaultBackend
        ? routeOf(ingress, 'default', '*', everything, defaultBackend)
        : []),
    ];
  });
}

/** @returns `[{ namespace, name }]` of secrets with certificates */
export function ingressCertificates(ingresses) {
  return ingresses.filter(isOurs).flatMap(({ metadata, spec }) =>
    (spec.tls ?? [])
      .filter(({ secretName }) => secretName)
      .map(({ secretName }) => ({
        namespace: metadata.namespace,
        name: secretName,
      })),
  );
}
