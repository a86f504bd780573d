export interface Config {
  app?: {
    /**
     * What people who are not signed in are offered. Without it: to enter as a guest.
     * @deepVisibility frontend
     */
    signIn?: {
      /** To sign in with the provider `auth.providers.oidc`. */
      oidc?: {
        /** The name people know it by, such as Keycloak. Default: Company account */
        title?: string;
        /** A sentence below the title. */
        message?: string;
      };
      /** To enter as a guest, with the provider `auth.providers.guest`. Default: only where there is no other way in. */
      guest?: boolean;
    };
  };
}
