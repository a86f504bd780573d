export interface Config {
  permission?: {
    konstellation?: {
      /**
       * Who has which role: entity refs of groups or users, `*` for everyone who is signed in. Who has several has the highest;
       * who has none may do nothing.
       */
      roles?: {
        /** Default: `[group:default/konstellation-viewers]` */
        viewer?: string[];
        /** Default: `[group:default/konstellation-managers]` */
        manager?: string[];
        /** Default: `[group:default/konstellation-admins]` */
        admin?: string[];
      };
    };
  };
}
