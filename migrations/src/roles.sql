-- One run at a time in this database; runs in other databases of the server are not kept out, so
-- every change is made only where something differs.
SELECT pg_advisory_xact_lock(hashtextextended('gateway.roles', 0));

DO $roles$
DECLARE
    wanted record;
    found pg_roles;
BEGIN
    FOR wanted IN
        SELECT * FROM (VALUES
            ('gateway_owner', false, true),
            ('gateway_staff', false, true),
            ('gateway_feed', false, true),
            ('gateway_worker', false, true),
            ('gateway_dispatcher', false, true),
            ('gateway_migrator', true, true),
            -- NOINHERIT: what is for staff, for the feed or for jobs needs SET ROLE, and never applies by itself.
            ('gateway_login', true, false)
        ) AS role (name, login, inherit)
    LOOP
        BEGIN
            IF to_regrole(wanted.name) IS NULL THEN
                EXECUTE format('CREATE ROLE %I', wanted.name);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- made in the meantime from another database
        END;
        SELECT * INTO STRICT found FROM pg_roles WHERE rolname = wanted.name;
        IF found.rolsuper THEN
            EXECUTE format('ALTER ROLE %I NOSUPERUSER', wanted.name);
        END IF;
        IF found.rolbypassrls THEN
            EXECUTE format('ALTER ROLE %I NOBYPASSRLS', wanted.name);
        END IF;
        IF found.rolreplication THEN
            EXECUTE format('ALTER ROLE %I NOREPLICATION', wanted.name);
        END IF;
        IF found.rolcreaterole OR found.rolcreatedb
            OR found.rolcanlogin <> wanted.login OR found.rolinherit <> wanted.inherit
        THEN
            EXECUTE format(
                'ALTER ROLE %I NOCREATEROLE NOCREATEDB %s %s',
                wanted.name,
                CASE WHEN wanted.login THEN 'LOGIN' ELSE 'NOLOGIN' END,
                CASE WHEN wanted.inherit THEN 'INHERIT' ELSE 'NOINHERIT' END
            );
        END IF;
    END LOOP;
END
$roles$;

DO $limits$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        SELECT * FROM (VALUES
            ('statement_timeout', '30s'),
            -- Who waits for another's rows holds a connection, of which there are few.
            ('lock_timeout', '10s'),
            -- The planner takes a tenant for an average one, which in a large table has it start workers to count
            -- a thousand rows: 15 ms instead of 0.3. And connections are as many as the cores can serve.
            ('max_parallel_workers_per_gather', '0'),
            ('idle_in_transaction_session_timeout', '60s'),
            -- A statement whose client is gone ends within a second, or requests that were broken off
            -- would hold more connections than the pool has.
            ('client_connection_check_interval', '1s')
        ) AS setting (name, value)
    LOOP
        IF NOT EXISTS (
            SELECT FROM pg_db_role_setting
            WHERE setdatabase = 0 AND setrole = to_regrole('gateway_login')
                AND wanted.name || '=' || wanted.value = ANY (setconfig)
        ) THEN
            EXECUTE format('ALTER ROLE gateway_login SET %I = %L', wanted.name, wanted.value);
        END IF;
    END LOOP;
END
$limits$;

-- The login role is a member of the four that it becomes, and of nothing else; the migrator of the owner.
DO $members$
DECLARE
    becomes oid[] := ARRAY['gateway_staff', 'gateway_feed', 'gateway_worker', 'gateway_dispatcher']::regrole[];
    wanted record;
    surplus record;
BEGIN
    FOR surplus IN
        SELECT roleid::regrole AS role, member::regrole AS member
        FROM pg_auth_members
        WHERE member = ANY (becomes || to_regrole('gateway_login')::oid)
            AND NOT (member = to_regrole('gateway_login') AND roleid = ANY (becomes))
    LOOP
        EXECUTE format('REVOKE %s FROM %s', surplus.role, surplus.member);
    END LOOP;
    FOR wanted IN
        SELECT * FROM (VALUES
            ('gateway_staff', 'gateway_login', false),
            ('gateway_feed', 'gateway_login', false),
            ('gateway_worker', 'gateway_login', false),
            ('gateway_dispatcher', 'gateway_login', false),
            ('gateway_owner', 'gateway_migrator', true)
        ) AS membership (role, member, inherit)
    LOOP
        IF NOT EXISTS (
            SELECT FROM pg_auth_members
            WHERE roleid = to_regrole(wanted.role) AND member = to_regrole(wanted.member)
                -- From PostgreSQL 16 a membership itself says whether it is inherited.
                AND coalesce((to_jsonb(pg_auth_members) ->> 'inherit_option')::boolean,
                    wanted.inherit) = wanted.inherit
        ) THEN
            EXECUTE format('GRANT %I TO %I', wanted.role, wanted.member) || CASE
                WHEN current_setting('server_version_num')::integer < 160000 THEN ''
                ELSE format(' WITH INHERIT %s, SET TRUE', wanted.inherit)
            END;
        END IF;
    END LOOP;
END
$members$;

-- In this database: the owner makes objects, nobody else does, not even temporary ones.
DO $database$
BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO gateway_login, gateway_migrator', current_database());
    EXECUTE format('GRANT CONNECT, CREATE ON DATABASE %I TO gateway_owner', current_database());
END
$database$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM gateway_login, gateway_staff, gateway_feed, gateway_worker, gateway_dispatcher;
GRANT USAGE ON SCHEMA public TO gateway_login, gateway_staff, gateway_feed, gateway_worker, gateway_dispatcher;
GRANT CREATE, USAGE ON SCHEMA public TO gateway_owner;
