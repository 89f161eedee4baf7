-- Who may do what on a server: run this as a superuser before the first `earshot migrate`, and again after each
-- `earshot migrate`: rights on tables can only be given once there are tables.
-- Create the login of each person and daemon, and give it one of these roles:
--   CREATE ROLE dana LOGIN PASSWORD '...' IN ROLE earshot_staff;
-- For a schema of another name (?schema=NAME in EARSHOT_DATABASE_URL) replace `earshot` below where it stands alone:
-- behind SCHEMA, behind CREATE SCHEMA IF NOT EXISTS, and in quotation marks.

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['earshot_owner', 'earshot_daemon', 'earshot_staff', 'earshot_analyst'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        END IF;
    END LOOP;
END $$;

CREATE SCHEMA IF NOT EXISTS earshot AUTHORIZATION earshot_owner;

-- owner: `earshot migrate`, `earshot forget` (which rewrites tables), moving. Its login needs INHERIT, the default, and
-- `ALTER ROLE login SET role = earshot_owner`, so that new tables belong to the role.
GRANT USAGE ON SCHEMA earshot TO earshot_daemon, earshot_staff, earshot_analyst;

-- daemon: `run` and `once`. All rows, no tables.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA earshot TO earshot_daemon;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA earshot TO earshot_daemon, earshot_staff;

-- staff: every command of the desk. They see who holds a lease and what was spent, and change neither. Two commands
-- delete rows: `resolve` takes back what an unconfirmed reply cost that was not sent, and no other cost can be deleted;
-- `forget` removes an id from what was billed today, after which it may be booked a second time, never less.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA earshot TO earshot_staff;
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['lease', 'daemon', 'stage', 'feed', 'alembic_version'] LOOP
        IF EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'earshot' AND tablename = name) THEN
            EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %I.%I FROM earshot_staff', 'earshot', name);
        END IF;
    END LOOP;
    FOREACH name IN ARRAY ARRAY['ledger', 'billed'] LOOP
        IF EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'earshot' AND tablename = name) THEN
            EXECUTE format('REVOKE INSERT, UPDATE ON %I.%I FROM earshot_staff', 'earshot', name);
        END IF;
    END LOOP;
    -- whoever may read the ledger reads all of it; only the daemon books, and staff take back what is unconfirmed
    IF EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'earshot' AND tablename = 'ledger') THEN
        EXECUTE format('ALTER TABLE %I.ledger ENABLE ROW LEVEL SECURITY', 'earshot');
        FOREACH name IN ARRAY ARRAY['read_costs', 'book_costs', 'take_back_costs'] LOOP
            EXECUTE format('DROP POLICY IF EXISTS %I ON %I.ledger', name, 'earshot');
        END LOOP;
        EXECUTE format('CREATE POLICY read_costs ON %I.ledger FOR SELECT USING (true)', 'earshot');
        EXECUTE format('CREATE POLICY book_costs ON %I.ledger TO earshot_daemon USING (true)', 'earshot');
        EXECUTE format(
            'CREATE POLICY take_back_costs ON %1$I.ledger FOR DELETE TO earshot_staff USING ('
            'EXISTS (SELECT 1 FROM %1$I.reply WHERE prepared_key = ledger.key AND state = ''unconfirmed'') OR '
            'EXISTS (SELECT 1 FROM %1$I.posting WHERE prepared_key = ledger.key AND state = ''unconfirmed''))', 'earshot');
    END IF;
    -- analyst: the view of exchanges, and nothing else
    IF EXISTS (SELECT 1 FROM pg_views WHERE schemaname = 'earshot' AND viewname = 'exchange') THEN
        EXECUTE format('GRANT SELECT ON %I.exchange TO earshot_analyst', 'earshot');
    END IF;
END $$;
