-- Who may do what in a clinic's PostgreSQL database. Run it once by the owner of the tables, after `ctfront db move` or
-- `ctfront init`, and again after an update of ctfront:
--     psql -d clinic -f postgresql-roles.sql
-- Then make each log-in a member of one role:  GRANT ctfront_staff TO mgarcia;
-- The owner's own log-in is for init, updates, backup, check, restoring and erasing a patient; nobody works with it.

DO $$
DECLARE role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['ctfront_staff', 'ctfront_site', 'ctfront_sender'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role);
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', role);
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', role);
        EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA public TO %I', role);
        EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %I', role);
    END LOOP;
END $$;

-- The desk: everything, but the audit trail only grows, and nobody changes the schema's number.
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ctfront_staff;
REVOKE UPDATE, DELETE, TRUNCATE ON audit, audit_detail FROM ctfront_staff;
REVOKE DELETE ON audit_head, act, change_log, clinic, staff, patient, appointment, consent FROM ctfront_staff;
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM ctfront_staff;

-- The Online Appointments site: what a patient's visit writes. It sees no clerk's PIN.
GRANT INSERT ON act, audit, audit_detail, audit_head, change_log, outbox, appointment, appointment_status, counter,
    enrollment, enrollment_request, consent, invitation, online_account, online_link, online_session, online_throttle, seat,
    patient_identifier TO ctfront_site;
GRANT UPDATE ON act, audit_head, outbox, appointment, counter, enrollment, enrollment_request, consent, invitation,
    online_account, online_link, online_session, online_throttle, patient TO ctfront_site;
GRANT DELETE ON seat, online_session, online_throttle, online_link TO ctfront_site;
REVOKE SELECT ON staff FROM ctfront_site, ctfront_sender;
GRANT SELECT (id, clinic_id, name, short_name, os_user, rights, active, last_seen_change, last_seen_at, version)
    ON staff TO ctfront_site, ctfront_sender;

-- The sender of mail: how each mail fared.
GRANT INSERT ON act, audit, audit_detail, audit_head, change_log, mail_state, outbox TO ctfront_sender;
GRANT UPDATE ON act, audit_head, outbox, invitation, online_link, mail_state, patient TO ctfront_sender;

-- Locking a row to read it (SELECT … FOR UPDATE) takes the right to update it; `patient` is locked, never changed, by
-- site and sender.

-- A bump for the owner, too: who wants to rewrite the trail has to take this away first, which the server's log shows.
CREATE OR REPLACE FUNCTION ctfront_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = 'the audit trail only grows';
END $$;
CREATE OR REPLACE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION ctfront_only_grows();
CREATE OR REPLACE TRIGGER audit_detail_only_changes_by_erasing BEFORE UPDATE OR TRUNCATE ON audit_detail
    FOR EACH STATEMENT EXECUTE FUNCTION ctfront_only_grows();
