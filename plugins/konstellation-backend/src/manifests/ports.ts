/** Ports of the containers, by the names the contract of nodes gives them. */
export const PORTS = {
  http: 8080,
  public: 8080,
  internal: 8081,
  metrics: 9090,
};
