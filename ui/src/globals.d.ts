/** The host that this build is for; vite.config.ts chooses it. */
declare module '#host' {
  export function openHost(): import('./host/host').Host;
}

/** The one script and the one style of the stage's frame; ui/src/stage/frame/plugin.ts makes it. */
declare module 'virtual:stage-frame' {
  export const script: string;
  export const style: string;
  export const scriptHash: string;
  export const styleHash: string;
}
