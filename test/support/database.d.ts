import type { Database } from '#platform/db/database.ts';
/**
 * A fresh, migrated database on the PostgreSQL of this test run (ORCHESTRATOR_TEST_DATABASE_URL, set by the test command,
 * which starts one embedded server for all files). Cloned from a template, so it costs some 50 ms.
 */
export declare const freshDatabase: () => Promise<{
    db: Database;
    url: string;
    drop: () => Promise<void>;
}>;
