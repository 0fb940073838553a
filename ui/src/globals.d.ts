/** Which host this build is for; vite.config.ts defines it. */
declare const __HOST__: 'desktop' | 'browser';

/** The one script and the one style of the stage's frame; ui/src/stage/frame/plugin.ts makes it. */
declare module 'virtual:stage-frame' {
  export const script: string;
  export const style: string;
  export const scriptHash: string;
  export const styleHash: string;
}
