/** The version of the package; the build puts it in. */
declare const CALM_VERSION: string;
