/** Which host this build is for; vite.config.ts defines it. */
declare const __HOST__: 'desktop' | 'browser';
