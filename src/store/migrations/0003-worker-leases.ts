/** Each worker keeps the length of its lease, in milliseconds, so that no command asks git for the configuration. */
export const workerLeases = "alter table workers add column ttl_ms integer not null default 1800000";
