declare module '*/dist/tested/index.js' {
  const worker: typeof import('../../src/index.ts').default;
  export default worker;
}
