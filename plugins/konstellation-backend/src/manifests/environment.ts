/** A variable of a container. */
export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: {
    secretKeyRef: { name: string; key: string; optional?: boolean };
  };
}

/** A variable whose value is in a Secret, under its own name. */
export function secretEnv(secret: string, key: string): EnvVar {
  return { name: key, valueFrom: { secretKeyRef: { name: secret, key } } };
}
