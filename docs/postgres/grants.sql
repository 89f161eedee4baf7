-- Who may do what on a server: run this with psql as a superuser before the first `earshot migrate`, and again after
-- each `earshot migrate`: rights on tables can only be given once there are tables.
--   psql earshot -f docs/postgres/grants.sql
--   psql earshot -v schema=fernhill -f docs/postgres/grants.sql    (for ?schema=fernhill in EARSHOT_DATABASE_URL)
-- Each schema has roles of its own, whose names begin with that of the schema: earshot_staff, fernhill_staff. Create
-- the login of each person and daemon, and give it one of these roles:
--   CREATE ROLE dana LOGIN PASSWORD '...' IN ROLE earshot_staff;
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
\if :{?schema}
\else
\set schema earshot
\endif
SELECT set_config('earshot.schema', :'schema', false) \g /dev/null

DO $$
DECLARE
    home text := current_setting('earshot.schema');
    owner text := home || '_owner';
    daemon text := home || '_daemon';
    staff text := home || '_staff';
    analyst text := home || '_analyst';
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[owner, daemon, staff, analyst] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        END IF;
    END LOOP;

    -- owner: `earshot migrate`, `earshot forget` (which rewrites tables), moving. Its login needs INHERIT, the default,
    -- and `ALTER ROLE login SET role = earshot_owner`, so that new tables belong to the role.
    IF to_regnamespace(quote_ident(home)) IS NULL THEN
        EXECUTE format('CREATE SCHEMA %I AUTHORIZATION %I', home, owner);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I, %I, %I', home, daemon, staff, analyst);

    -- daemon: `run` and `once`. All rows, no tables.
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO %I', home, daemon);
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO %I, %I', home, daemon, staff);

    -- staff: every command of the desk. They see who holds a lease and what was spent, and change neither. Two commands
    -- delete rows: `resolve` takes back what an unconfirmed reply cost that was not sent, and no other cost can be
    -- deleted; `forget` removes an id from what was billed today, after which it may be booked twice, never less.
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO %I', home, staff);
    FOREACH name IN ARRAY ARRAY['lease', 'daemon', 'stage', 'feed', 'alembic_version'] LOOP
        IF EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = home AND tablename = name) THEN
            EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %I.%I FROM %I', home, name, staff);
        END IF;
    END LOOP;
    FOREACH name IN ARRAY ARRAY['ledger', 'billed'] LOOP
        IF EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = home AND tablename = name) THEN
            EXECUTE format('REVOKE INSERT, UPDATE ON %I.%I FROM %I', home, name, staff);
        END IF;
    END LOOP;

    -- whoever may read the ledger reads all of it; only the daemon books, and staff take back what is unconfirmed
    IF EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = home AND tablename = 'ledger') THEN
        EXECUTE format('ALTER TABLE %I.ledger ENABLE ROW LEVEL SECURITY', home);
        FOREACH name IN ARRAY ARRAY['read_costs', 'book_costs', 'take_back_costs'] LOOP
            EXECUTE format('DROP POLICY IF EXISTS %I ON %I.ledger', name, home);
        END LOOP;
        EXECUTE format('CREATE POLICY read_costs ON %I.ledger FOR SELECT USING (true)', home);
        EXECUTE format('CREATE POLICY book_costs ON %I.ledger TO %I USING (true)', home, daemon);
        EXECUTE format(
            'CREATE POLICY take_back_costs ON %1$I.ledger FOR DELETE TO %2$I USING ('
            'EXISTS (SELECT 1 FROM %1$I.reply WHERE prepared_key = ledger.key AND state = ''unconfirmed'') OR '
            'EXISTS (SELECT 1 FROM %1$I.posting WHERE prepared_key = ledger.key AND state = ''unconfirmed''))',
            home, staff);
    END IF;

    -- analyst: the view of exchanges, and nothing else
    IF EXISTS (SELECT 1 FROM pg_views WHERE schemaname = home AND viewname = 'exchange') THEN
        EXECUTE format('GRANT SELECT ON %I.exchange TO %I', home, analyst);
    END IF;
END $$;
