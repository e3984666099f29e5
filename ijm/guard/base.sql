-- What every table rests on: who asks, which files she stands on, and what nobody may do.
CREATE SCHEMA IF NOT EXISTS guard AUTHORIZATION ijm_keeper;
SET LOCAL ROLE ijm_keeper;

CREATE TABLE IF NOT EXISTS guard.context_key (id int PRIMARY KEY CHECK (id IN (1, 2)), ipad bytea NOT NULL, opad bytea NOT NULL);
CREATE TABLE IF NOT EXISTS guard.transition (tab text, col text, was text, becomes text, PRIMARY KEY (tab, col, was, becomes));
CREATE TABLE IF NOT EXISTS guard.kind_role (kind text, role text, PRIMARY KEY (kind, role));
CREATE TABLE IF NOT EXISTS guard.supervision (kind text, role text, PRIMARY KEY (kind, role));
CREATE TABLE IF NOT EXISTS guard.exclusion (role text, other text, PRIMARY KEY (role, other));
CREATE TABLE IF NOT EXISTS guard.approver (role text PRIMARY KEY);
CREATE TABLE IF NOT EXISTS guard.runner (role text PRIMARY KEY);
CREATE TABLE IF NOT EXISTS guard.waivable (role text, other text, PRIMARY KEY (role, other));
CREATE TABLE IF NOT EXISTS guard.place_life (source text PRIMARY KEY, longest interval NOT NULL, confirmed interval, used interval);
CREATE TABLE IF NOT EXISTS guard.place_cap (most int NOT NULL);
CREATE TABLE IF NOT EXISTS guard.moving (file_id uuid, office_id uuid, xid xid8, PRIMARY KEY (file_id, xid));
CREATE TABLE IF NOT EXISTS guard.spelled (object text PRIMARY KEY, mark text NOT NULL);
CREATE TABLE IF NOT EXISTS guard.epoch (epoch int NOT NULL);
CREATE TABLE IF NOT EXISTS guard.cursor (name text PRIMARY KEY, epoch int NOT NULL, xid xid8 NOT NULL, id bigint NOT NULL);
INSERT INTO guard.epoch SELECT 1 WHERE NOT EXISTS (SELECT FROM guard.epoch);
INSERT INTO guard.cursor VALUES ('subjects', 0, '0', 0) ON CONFLICT DO NOTHING;

-- HMAC-SHA256 from sha256() alone: the padded keys are stored ready-made, no extension is needed.
CREATE OR REPLACE FUNCTION guard.context() RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE signed text := current_setting('ijm.ctx', true); payload text; part text[];
BEGIN
  IF signed IS NULL OR length(signed) < 66 THEN RETURN NULL; END IF;
  payload := left(signed, -65);
  PERFORM 1 FROM guard.context_key k
    WHERE encode(sha256(k.opad || sha256(k.ipad || convert_to(payload, 'UTF8'))), 'hex') = right(signed, 64);
  IF NOT FOUND THEN RETURN NULL; END IF;
  part := string_to_array(payload, '|');
  IF part[1] <> 'v1' OR array_length(part, 1) <> 6 OR part[6] !~ '^[0-9]{1,15}$' THEN RETURN NULL; END IF;
  IF part[6]::bigint < extract(epoch FROM clock_timestamp()) THEN RETURN NULL; END IF;
  RETURN part;
END $$;
CREATE OR REPLACE FUNCTION guard.uid() RETURNS uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN nullif((guard.context())[2], '')::uuid; END $$;
CREATE OR REPLACE FUNCTION guard.mode() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN (guard.context())[4]; END $$;

CREATE OR REPLACE FUNCTION guard.my_files() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER ROWS 300
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.file_id FROM public.casefiles_caseaccess a
  WHERE a.user_id = (SELECT guard.uid()) AND a.revoked_at IS NULL AND a.starts_at <= now() AND a.expires_at > now()
    AND a.file_id <> ALL (ARRAY(SELECT guard.barred_files((SELECT guard.uid())))) $$;
-- A number alone is not enough: in a database that was restored from a dump, transactions are counted anew, and one of
-- today meets the numbers of old rows. So the row itself must be no older than this transaction.
CREATE OR REPLACE FUNCTION guard.files_opened_now() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER ROWS 5
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT f.id FROM public.casefiles_casefile f
  WHERE f.opened_xid = pg_current_xact_id_if_assigned() AND (SELECT guard.mode()) = 'w'
    AND age(f.xmin) <= age(pg_current_xact_id_if_assigned()::xid) $$;
CREATE OR REPLACE FUNCTION guard.my_people() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER ROWS 300
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.person_id FROM public.people_alias p
  WHERE p.opens_identity AND p.file_id = ANY (ARRAY(SELECT guard.my_files())) $$;
CREATE OR REPLACE FUNCTION guard.people_made_now() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER ROWS 5
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.id FROM public.people_person p
  WHERE p.made_xid = pg_current_xact_id_if_assigned() AND (SELECT guard.mode()) = 'w'
    AND age(p.xmin) <= age(pg_current_xact_id_if_assigned()::xid) $$;
CREATE OR REPLACE FUNCTION guard.places(files uuid[]) RETURNS TABLE (file uuid, source text) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT a.file_id, a.source FROM public.casefiles_caseaccess a
  WHERE a.user_id = (SELECT guard.uid()) AND a.file_id = ANY (files)
    AND a.revoked_at IS NULL AND a.starts_at <= now() AND a.expires_at > now() $$;

-- a start that is meant as "now" by an application whose clock is a little ahead begins with this transaction
CREATE OR REPLACE FUNCTION guard.at_once(starts timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN starts < now() + interval '2 minutes' THEN least(starts, now()) ELSE starts END $$;

-- Roles
CREATE OR REPLACE FUNCTION guard.holds(person uuid, wanted text[]) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM public.accounts_rolegrant g JOIN public.accounts_user u ON u.id = g.user_id
    WHERE g.user_id = person AND g.role = ANY (wanted) AND u.is_active
    AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL AND g.starts_at <= now() AND g.expires_at > now()) $$;
CREATE OR REPLACE FUNCTION guard.has_role(wanted text[]) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ SELECT guard.holds((SELECT guard.uid()), wanted) $$;
CREATE OR REPLACE FUNCTION guard.office_of(person uuid) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ SELECT u.office_id FROM public.accounts_user u WHERE u.id = person $$;
-- before any role exists, whoever founds the office
CREATE OR REPLACE FUNCTION guard.founding() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT NOT EXISTS (SELECT FROM public.accounts_rolegrant g WHERE g.made_xid <> pg_current_xact_id()) $$;
-- a role in an office reaches that office and those it supports
CREATE OR REPLACE FUNCTION guard.reaches(office uuid, wanted text[]) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM public.accounts_rolegrant g JOIN public.accounts_user u ON u.id = g.user_id
    WHERE g.user_id = (SELECT guard.uid()) AND g.role = ANY (wanted) AND u.is_active
    AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL AND g.starts_at <= now() AND g.expires_at > now()
    AND (g.office_id = office OR g.office_id = (SELECT o.supported_by_id FROM public.accounts_office o WHERE o.id = office))) $$;
CREATE OR REPLACE FUNCTION guard.runs(office uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT guard.reaches(office, ARRAY(SELECT role FROM guard.runner)) OR guard.founding() $$;
CREATE OR REPLACE FUNCTION guard.decides(office uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ SELECT guard.reaches(office, ARRAY(SELECT role FROM guard.approver)) $$;
CREATE OR REPLACE FUNCTION guard.check_grant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid(); founding boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN NEW.made_xid := pg_current_xact_id(); ELSE NEW.made_xid := OLD.made_xid; END IF;
  NEW.starts_at := guard.at_once(NEW.starts_at);
  IF session_user <> 'ijm_app' THEN RETURN NEW; END IF;
  IF TG_OP = 'UPDATE' AND OLD.revoked_at IS NOT NULL THEN
    RAISE EXCEPTION 'a role that has ended stays ended' USING ERRCODE = '42501';
  END IF;
  IF me IS NULL OR guard.mode() <> 'w' THEN
    RAISE EXCEPTION 'a role is granted by somebody' USING ERRCODE = '42501';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.revoked_at IS NOT NULL THEN
    IF NOT (guard.runs(OLD.office_id) OR guard.decides(OLD.office_id)
            OR guard.runs(guard.office_of(OLD.user_id)) OR guard.decides(guard.office_of(OLD.user_id))
            OR EXISTS (SELECT FROM public.accounts_user u WHERE u.id = OLD.user_id AND NOT u.is_active)) THEN
      RAISE EXCEPTION 'a role is taken back by who decides about roles' USING ERRCODE = '42501';
    END IF;
    NEW.revoked_by_id := me;
  END IF;
  founding := guard.founding();
  IF TG_OP = 'INSERT' AND NOT founding THEN
    IF NEW.approved_by_id IS NOT NULL THEN
      RAISE EXCEPTION 'a role is proposed first and approved by another person' USING ERRCODE = '42501';
    END IF;
    IF NEW.user_id = me OR NOT guard.runs(NEW.office_id) OR NOT guard.runs(guard.office_of(NEW.user_id)) THEN
      RAISE EXCEPTION 'roles are proposed by who runs the office, for somebody else' USING ERRCODE = '42501';
    END IF;
    NEW.proposed_by_id := me;
  ELSIF TG_OP = 'UPDATE' AND NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id THEN
    IF OLD.approved_by_id IS NOT NULL OR NEW.approved_by_id <> me OR OLD.proposed_by_id = me OR OLD.user_id = me
       OR NOT guard.decides(OLD.office_id) THEN
      RAISE EXCEPTION 'this role cannot be approved by this person' USING ERRCODE = '42501';
    END IF;
    IF NOT EXISTS (SELECT FROM public.accounts_user u
                   WHERE u.id = NEW.user_id AND u.is_active AND u.arrival = '' AND u.ready_at IS NOT NULL) THEN
      RAISE EXCEPTION 'she has no password and second factor of her own yet' USING ERRCODE = '42501';
    END IF;
  ELSIF TG_OP = 'UPDATE' AND NEW.revoked_at IS NULL THEN
    RAISE EXCEPTION 'a role is approved or taken back, and nothing else' USING ERRCODE = '42501';
  END IF;
  IF NEW.revoked_at IS NULL AND EXISTS (SELECT FROM public.accounts_user u WHERE u.id = NEW.user_id
       AND ((NEW.role = 'PARTNER') <> (u.sponsor_id IS NOT NULL)))
     OR NEW.role = 'PARTNER' AND NEW.revoked_at IS NULL AND NEW.expires_at > now() + interval '31 days' THEN
    RAISE EXCEPTION 'a guest, and nobody else, holds the role of a guest, for thirty days' USING ERRCODE = '42501';
  END IF;
  IF NEW.approved_by_id IS NOT NULL AND NEW.revoked_at IS NULL AND EXISTS (
       SELECT FROM public.accounts_rolegrant g JOIN guard.exclusion x ON x.role = NEW.role AND x.other = g.role
       WHERE g.user_id = NEW.user_id AND g.id <> NEW.id AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL
         AND g.expires_at > now()
         AND NOT guard.waives(NEW.office_id, g.office_id, NEW.role, g.role, least(NEW.expires_at, g.expires_at))) THEN
    RAISE EXCEPTION 'these two roles exclude each other' USING ERRCODE = '23514', CONSTRAINT = 'role_grant_exclusive';
  END IF;
  RETURN NEW;
END $$;

-- who runs the office; before any role exists, whoever founds it
CREATE OR REPLACE FUNCTION guard.runs_office() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT guard.holds((SELECT guard.uid()), ARRAY(SELECT role FROM guard.runner)) OR guard.founding() $$;

-- Accounts: who may change what of whom. A first password is worth nothing without the code that another person gives.
CREATE OR REPLACE FUNCTION guard.check_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid(); mine boolean; runs boolean;
BEGIN
  IF session_user <> 'ijm_app' THEN RETURN NEW; END IF;
  IF TG_OP = 'INSERT' THEN
    IF NOT guard.founding() AND (NEW.arrival <> 'code' OR NEW.ready_at IS NOT NULL) THEN
      RAISE EXCEPTION 'somebody new begins with a first password' USING ERRCODE = '42501';
    END IF;
    IF NEW.ends_at > now() + interval '31 days' OR EXISTS (SELECT FROM public.accounts_user s
         WHERE s.id = NEW.sponsor_id AND (NOT s.is_active OR s.sponsor_id IS NOT NULL OR s.office_id <> NEW.office_id)) THEN
      RAISE EXCEPTION 'a colleague of the same office answers for a guest, for thirty days' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
  END IF;
  mine := coalesce(me = OLD.id, false); runs := guard.runs(OLD.office_id);
  IF (NEW.code, NEW.is_system) IS DISTINCT FROM (OLD.code, OLD.is_system) OR NEW.sessions < OLD.sessions THEN
    RAISE EXCEPTION 'this does not change' USING ERRCODE = '42501';
  END IF;
  IF NEW.is_active <> OLD.is_active AND NOT (mine AND guard.is_over(OLD.id))
     AND (mine OR NOT (runs OR (OLD.is_active AND guard.decides(OLD.office_id)))) THEN
    RAISE EXCEPTION 'an account is opened and closed by somebody else' USING ERRCODE = '42501';
  END IF;
  IF (NEW.username, NEW.name, NEW.name_km, NEW.office_id)
     IS DISTINCT FROM (OLD.username, OLD.name, OLD.name_km, OLD.office_id) AND (mine OR NOT runs) THEN
    RAISE EXCEPTION 'an account is changed by who runs its office, and by nobody for herself' USING ERRCODE = '42501';
  END IF;
  IF (NEW.email, NEW.language, NEW.theme, NEW.has_shortcuts)
     IS DISTINCT FROM (OLD.email, OLD.language, OLD.theme, OLD.has_shortcuts) AND NOT (mine OR runs) THEN
    RAISE EXCEPTION 'settings are hers' USING ERRCODE = '42501';
  END IF;
  IF (NEW.sponsor_id, NEW.ends_at) IS DISTINCT FROM (OLD.sponsor_id, OLD.ends_at) AND (mine
     OR (NEW.sponsor_id IS DISTINCT FROM OLD.sponsor_id AND (NEW.sponsor_id IS NULL) <> (OLD.sponsor_id IS NULL))
     OR NEW.ends_at > now() + interval '31 days' OR NOT (runs OR guard.decides(OLD.office_id))) THEN
    RAISE EXCEPTION 'a guest stays a guest, for thirty days at a time' USING ERRCODE = '42501';
  END IF;
  IF NEW.is_active AND NOT OLD.is_active AND (NEW.arrival <> 'code' OR NEW.ready_at IS NOT NULL) THEN
    RAISE EXCEPTION 'who comes back arrives anew' USING ERRCODE = '42501';
  END IF;
  IF NEW.password <> OLD.password AND NOT (mine AND NEW.arrival = '')
     AND NOT (NOT mine AND runs AND OLD.arrival = 'code' AND NEW.arrival = 'code') THEN
    RAISE EXCEPTION 'nobody chooses a password for somebody else' USING ERRCODE = '42501';
  END IF;
  IF NEW.arrival <> OLD.arrival AND NEW.arrival <> 'code' AND NOT (mine AND NEW.arrival = '' AND NEW.password <> OLD.password
     AND (OLD.arrival = 'password' OR EXISTS (SELECT FROM public.accounts_welcome w
          WHERE w.user_id = me AND w.used_at > now() - interval '5 minutes'))) THEN
    RAISE EXCEPTION 'a first password is not enough' USING ERRCODE = '42501';
  END IF;
  IF NEW.ready_at IS NOT NULL AND NEW.ready_at IS DISTINCT FROM OLD.ready_at AND NOT (mine AND NEW.arrival = ''
     AND EXISTS (SELECT FROM public.mfa_authenticator f WHERE f.user_id = me)) THEN
    RAISE EXCEPTION 'only her own second factor makes her ready' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
-- a second factor is added, changed and taken away by the person in the door, for herself, and never with a first password
CREATE OR REPLACE FUNCTION guard.check_factor() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE whose uuid;
BEGIN
  IF current_user <> 'ijm_app' THEN RETURN coalesce(NEW, OLD); END IF;
  IF TG_OP = 'UPDATE' AND (NEW.id, NEW.user_id, NEW.type, NEW.data) IS NOT DISTINCT FROM (OLD.id, OLD.user_id, OLD.type, OLD.data) THEN
    RETURN NEW;
  END IF;
  whose := CASE WHEN TG_OP = 'DELETE' THEN OLD.user_id ELSE NEW.user_id END;
  IF guard.mode() IS DISTINCT FROM 'w' OR whose IS DISTINCT FROM guard.uid() OR (TG_OP = 'UPDATE' AND OLD.user_id <> whose) THEN
    RAISE EXCEPTION 'a second factor is hers alone' USING ERRCODE = '42501';
  END IF;
  IF TG_OP = 'INSERT' AND EXISTS (SELECT FROM public.accounts_user u WHERE u.id = whose AND u.arrival <> '') THEN
    RAISE EXCEPTION 'a first password adds no second factor' USING ERRCODE = '42501';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE OR REPLACE FUNCTION guard.check_reset() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF session_user = 'ijm_app' AND NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id
     AND (OLD.approved_by_id IS NOT NULL OR NOT guard.decides(guard.office_of(OLD.user_id))) THEN
    RAISE EXCEPTION 'a reset is decided by the data-protection officer, once' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
-- the one who approved a reset takes the lost factors away
CREATE OR REPLACE FUNCTION guard.reset_factors(reset uuid) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE r record; n int;
BEGIN
  SELECT * INTO r FROM public.accounts_reset WHERE id = reset AND approved_by_id = guard.uid() AND refused_at IS NULL
    AND done_at IS NULL AND kind IN ('factor', 'both') AND guard.mode() = 'w';
  IF NOT FOUND THEN RAISE EXCEPTION 'no such reset approved by this person' USING ERRCODE = '42501'; END IF;
  DELETE FROM public.mfa_authenticator WHERE user_id = r.user_id;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $$;
-- what somebody who leaves would leave behind: counts only, and how much of it somebody else supervises
CREATE OR REPLACE FUNCTION guard.leaves(person uuid) RETURNS TABLE (kind text, number bigint, supervised bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT f.kind::text, count(*), count(*) FILTER (WHERE EXISTS (
    SELECT FROM public.casefiles_caseaccess s JOIN guard.supervision v ON v.kind = f.kind
    WHERE s.file_id = f.id AND s.user_id <> person AND s.revoked_at IS NULL AND s.starts_at <= now() AND s.expires_at > now()
      AND guard.holds(s.user_id, ARRAY[v.role])))
  FROM public.casefiles_casefile f
  WHERE f.status = 'open' AND NOT f.is_sealed AND (guard.runs(guard.office_of(person)) OR guard.decides(guard.office_of(person)))
    AND f.id IN (SELECT a.file_id FROM public.casefiles_caseaccess a WHERE a.user_id = person AND a.revoked_at IS NULL
                 AND a.starts_at <= now() AND a.expires_at > now())
  GROUP BY f.kind $$;
CREATE OR REPLACE FUNCTION guard.open_files_of(office uuid) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT count(*) FROM public.casefiles_casefile f
  WHERE f.office_id = office AND f.status = 'open' AND NOT f.is_sealed AND guard.runs(office) $$;

-- Files and who stands on them
CREATE OR REPLACE FUNCTION guard.stamp_file() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    NEW.opened_xid := OLD.opened_xid; NEW.opened_by_id := OLD.opened_by_id; NEW.kind := OLD.kind; NEW.code := OLD.code;
    IF NEW.office_id <> OLD.office_id AND NOT EXISTS (SELECT FROM guard.moving m
         WHERE m.file_id = OLD.id AND m.office_id = NEW.office_id AND m.xid = pg_current_xact_id()) THEN
      NEW.office_id := OLD.office_id;
    END IF;
    IF NEW.is_sealed <> OLD.is_sealed AND session_user = 'ijm_app' AND pg_trigger_depth() < 2 THEN
      RAISE EXCEPTION 'a file is sealed by the list of those who may see it' USING ERRCODE = '42501';
    END IF;
    IF NEW.sort_key IS DISTINCT FROM OLD.sort_key THEN
      UPDATE public.casefiles_caseaccess SET sort_key = NEW.sort_key WHERE file_id = NEW.id;
    END IF;
    RETURN NEW;
  END IF;
  NEW.opened_xid := pg_current_xact_id();
  IF session_user = 'ijm_app' THEN NEW.opened_by_id := guard.uid(); NEW.is_sealed := false; END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION guard.stamp_person() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN NEW.made_xid := OLD.made_xid; ELSE NEW.made_xid := pg_current_xact_id(); END IF;
  RETURN NEW;
END $$;
-- why this person may not be put on this file, or NULL
CREATE OR REPLACE FUNCTION guard.access_refusal(person uuid, target uuid) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid(); f record;
BEGIN
  IF me IS NULL OR guard.mode() <> 'w' THEN RETURN 'nobody grants'; END IF;
  -- as in files_opened_now(), asked of this one file: an import opens ten thousand in one transaction
  SELECT kind, opened_xid = pg_current_xact_id_if_assigned() AND age(xmin) <= age(pg_current_xact_id_if_assigned()::xid) AS fresh
    INTO f FROM public.casefiles_casefile WHERE id = target;
  IF NOT FOUND THEN RETURN 'no such file'; END IF;
  IF NOT coalesce(f.fresh, false) THEN
    IF person = me THEN RETURN 'nobody puts herself on a file'; END IF;
    IF NOT target = ANY (ARRAY(SELECT guard.my_files())) THEN RETURN 'the granter is not on the file'; END IF;
  END IF;
  IF NOT guard.holds(person, ARRAY(SELECT role FROM guard.kind_role r WHERE r.kind = f.kind)) THEN
    RETURN 'no role of the file''s wing';
  END IF;
  RETURN NULL;
END $$;
-- whoever stands on a file takes nobody else off it, but whom she put there or whom she supervises
CREATE OR REPLACE FUNCTION guard.unseat_refusal(person uuid, granter uuid, target uuid) RETURNS text LANGUAGE plpgsql STABLE
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid();
BEGIN
  IF me IN (person, granter) OR guard.holds(me, ARRAY(
       SELECT s.role FROM guard.supervision s JOIN public.casefiles_casefile f ON f.kind = s.kind WHERE f.id = target)) THEN
    RETURN NULL;
  END IF;
  RETURN 'only a supervisor takes a colleague off a file';
END $$;
-- one who holds no role of a wing any more stands on none of its files
CREATE OR REPLACE FUNCTION guard.unseat(person uuid) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE n int;
BEGIN
  IF NOT (guard.runs_office() OR guard.holds(guard.uid(), ARRAY(SELECT role FROM guard.approver))) THEN
    RAISE EXCEPTION 'places are ended by who decides about roles' USING ERRCODE = '42501';
  END IF;
  UPDATE public.casefiles_caseaccess a SET revoked_at = now(), revoked_by_id = guard.uid(), rev = a.rev + 1
  FROM public.casefiles_casefile f
  WHERE f.id = a.file_id AND a.user_id = person AND a.revoked_at IS NULL AND a.expires_at > now()
    AND NOT guard.holds(person, ARRAY(SELECT r.role FROM guard.kind_role r WHERE r.kind = f.kind));
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $$;
-- a wing that lets go of a person lets go of her on every file: no second code, made beforehand, goes on opening her
CREATE OR REPLACE FUNCTION guard.let_go() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.people_alias a SET opens_identity = false, rev = a.rev + 1
    WHERE a.person_id = NEW.person_id AND a.wing = NEW.wing AND a.opens_identity;
  RETURN NULL;
END $$;
-- an approval is given by who gives it: such a column takes nobody's name but that of the person in the door
CREATE OR REPLACE FUNCTION guard.check_signed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE before text; said text := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
  IF TG_OP = 'UPDATE' THEN before := to_jsonb(OLD) ->> TG_ARGV[0]; END IF;
  IF session_user = 'ijm_app' AND said IS NOT NULL AND said IS DISTINCT FROM before AND said <> guard.uid()::text THEN
    RAISE EXCEPTION '%.%: nobody signs for somebody else', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
-- a member of one file learns that others belong to the story, of which wing, and which office to ask
CREATE OR REPLACE FUNCTION guard.linked(target uuid) RETURNS TABLE (kind text, office_id uuid, number bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT f.kind::text, f.office_id, count(*) FROM public.casefiles_filelink l
  JOIN public.casefiles_casefile f ON f.id = CASE WHEN l.a_id = target THEN l.b_id ELSE l.a_id END
  WHERE target IN (l.a_id, l.b_id) AND target = ANY (ARRAY(SELECT guard.my_files()))
    AND f.id <> ALL (ARRAY(SELECT guard.barred_files((SELECT guard.uid()))))
  GROUP BY f.kind, f.office_id $$;

-- Deliveries: the sender finds the other wing's file without seeing it, or that there is one
CREATE OR REPLACE FUNCTION guard.deliver(delivery uuid, alias uuid, to_wing text, kind text, payload jsonb) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO public.casefiles_delivery (id, rev, file_id, kind, payload, state, sent_by_id, sent_at)
  SELECT delivery, 1, other.file_id, deliver.kind, deliver.payload, 'waiting', guard.uid(), now()
  FROM public.people_alias mine
  JOIN public.people_alias other ON other.person_id = mine.person_id AND other.wing = to_wing
  JOIN public.casefiles_casefile f ON f.id = other.file_id
  WHERE mine.id = alias AND guard.mode() = 'w'
    AND (mine.file_id = ANY (ARRAY(SELECT guard.my_files())) OR mine.file_id = ANY (ARRAY(SELECT guard.files_opened_now())))
  ORDER BY f.status = 'open' DESC, f.opened_at DESC LIMIT 1;
END $$;
CREATE OR REPLACE FUNCTION guard.announce(delivery uuid) RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public.notices_notice (id, rev, user_id, kind, about_code, path, origin, made_at)
  SELECT DISTINCT ON (a.user_id) gen_random_uuid(), 1, a.user_id, d.kind, f.code, '/files/' || f.code || '/', d.id, now()
  FROM public.casefiles_delivery d
  JOIN public.casefiles_casefile f ON f.id = d.file_id
  JOIN public.casefiles_caseaccess a ON a.file_id = d.file_id AND a.revoked_at IS NULL AND a.expires_at > now()
  WHERE d.id = delivery AND d.sent_by_id = (SELECT guard.uid()) AND NOT guard.is_barred(a.user_id, a.file_id)
  ON CONFLICT DO NOTHING $$;

-- Refusals
CREATE OR REPLACE FUNCTION guard.keep() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN RAISE EXCEPTION '% on % is refused: what was recorded stays', TG_OP, TG_TABLE_NAME USING ERRCODE = '42501'; END $$;
CREATE OR REPLACE FUNCTION guard.check_transition() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE column_name text := TG_ARGV[0]; old_state text := ''; new_state text := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
  IF TG_OP = 'UPDATE' THEN
    old_state := to_jsonb(OLD) ->> column_name;
    IF old_state = new_state THEN RETURN NEW; END IF;
  END IF;
  PERFORM 1 FROM guard.transition t
    WHERE t.tab = TG_TABLE_NAME AND t.col = column_name AND t.was = old_state AND t.becomes = new_state;
  IF NOT FOUND THEN
    RAISE EXCEPTION '%.% cannot go from [%] to [%]', TG_TABLE_NAME, column_name, old_state, new_state
      USING ERRCODE = '23514', CONSTRAINT = 'guard_transition';
  END IF;
  RETURN NEW;
END $$;

-- The log
-- events that triggers write begin in one of these ways; the application can write none of them
CREATE OR REPLACE FUNCTION guard.is_of_database(body bytea) RETURNS boolean LANGUAGE sql IMMUTABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT encode(substr(body, 1, 28), 'escape') ~ '^\{"act":"(vault\.rekeyed"|record\.out_of_band"|log\.|audit\.(un)?locked")' $$;
CREATE OR REPLACE FUNCTION guard.stamp_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF session_user = 'ijm_app' AND guard.is_of_database(NEW.body) THEN
    RAISE EXCEPTION 'such an event is written by the database alone' USING ERRCODE = '42501';
  END IF;
  NEW.body := guard.why_not_there(NEW.body);
  -- the number first: log.sql says why
  NEW.xid := pg_current_xact_id(); SELECT e.epoch INTO NEW.epoch FROM guard.epoch e; NEW.at := clock_timestamp(); RETURN NEW;
END $$;
-- what the changes of these history rows were called, and why they were made: for who may see the rows, which told their ids
CREATE OR REPLACE FUNCTION guard.acts_of(entries text[], moments timestamptz[]) RETURNS TABLE (entry text, act text, why text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT said.id, e.b ->> 'act', e.b #>> '{why,code}' FROM unnest(entries, moments) AS said (id, at)
  CROSS JOIN LATERAL (
    SELECT guard.readable(a.body) AS b FROM public.audit_event a
    WHERE a.at >= said.at AND a.at < said.at + interval '10 minutes' AND length(said.id) = 32
      AND position(convert_to(said.id, 'UTF8') IN a.body) > 0 ORDER BY a.id LIMIT 1) e
  WHERE guard.uid() IS NOT NULL AND e.b ->> 'id' = said.id AND e.b ->> 'cat' = 'change' $$;
-- a body as JSON; whatever a hostile writer put there, the auditor's question goes on
CREATE OR REPLACE FUNCTION guard.readable(body bytea) RETURNS jsonb LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN RETURN convert_from(body, 'UTF8')::jsonb;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN RETURN NULL; END $$;
CREATE OR REPLACE FUNCTION guard.as_uuid(said text) RETURNS uuid LANGUAGE sql IMMUTABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN said ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN said::uuid END $$;
-- the persons and files an event names, and the persons whose rows in the register it changed
CREATE OR REPLACE FUNCTION guard.named_in(b jsonb) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER ROWS 3
  SET search_path = pg_catalog, pg_temp AS $$
  WITH changed AS MATERIALIZED (
    SELECT h ->> 0 AS tab, guard.as_uuid(h ->> 1) AS id FROM jsonb_path_query(b, '$.hist[*]') h WHERE h ->> 0 LIKE 'people_%'),
  named (id) AS (
    SELECT guard.as_uuid(s #>> '{}') FROM jsonb_path_query(b, '$.obj.subjects[*]') s
    UNION SELECT guard.as_uuid(f #>> '{}') FROM jsonb_path_query(b, '$.obj.files[*]') f
    UNION SELECT guard.as_uuid(b #>> '{obj,file}')
    UNION SELECT c.id FROM changed c WHERE c.tab = 'people_person'
    UNION SELECT r.person_id FROM changed c JOIN public.people_name r USING (id) WHERE c.tab = 'people_name'
    UNION SELECT r.person_id FROM changed c JOIN public.people_identifier r USING (id) WHERE c.tab = 'people_identifier'
    UNION SELECT r.person_id FROM changed c JOIN public.people_alias r USING (id) WHERE c.tab = 'people_alias'
    UNION SELECT a.person_id FROM changed c JOIN public.people_consent r USING (id)
      JOIN public.people_alias a ON a.id = r.alias_id WHERE c.tab = 'people_consent')
  SELECT id FROM named WHERE id IS NOT NULL $$;
-- the codes an event names: of its records, and the one somebody knocked with or asked about
CREATE OR REPLACE FUNCTION guard.codes_in(b jsonb) RETURNS SETOF text LANGUAGE sql STABLE ROWS 2
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT upper(said) FROM (
    SELECT c #>> '{}' FROM jsonb_path_query(b, '$.obj.codes[*]') c UNION ALL SELECT b #>> '{q,code}') AS codes (said)
  WHERE upper(said) ~ '^[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}$' $$;
-- indexes what is surely committed, by whom it names and by who did it; a late commit of an older transaction is below the next horizon
CREATE OR REPLACE FUNCTION guard.index_subjects() RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE c guard.cursor; last record;
BEGIN
  SELECT * INTO c FROM guard.cursor WHERE name = 'subjects' FOR UPDATE;
  WITH e AS MATERIALIZED (
    SELECT e.id, e.epoch, e.xid, guard.readable(e.body) AS b, guard.is_of_database(e.body) AS of_database
    FROM public.audit_event e, guard.epoch g, pg_snapshot_xmin(pg_current_snapshot()) AS horizon
    WHERE (e.epoch, e.xid, e.id) > (c.epoch, c.xid, c.id)
      AND (e.epoch < g.epoch OR (e.xid < horizon AND coalesce(g.opened < horizon, g.system IS NULL)))
    ORDER BY e.epoch, e.xid, e.id LIMIT 5000),
  persons AS (
    INSERT INTO public.audit_subject (subject, event_id, actor, act)
    SELECT s, e.id, coalesce(e.b #>> '{who,ref}', ''), coalesce(e.b ->> 'act', '') FROM e, LATERAL (
      SELECT guard.named_in(e.b) UNION SELECT guard.as_uuid(e.b #>> '{who,ref}')) AS named (s) WHERE s IS NOT NULL
    ON CONFLICT DO NOTHING),
  codes AS (
    INSERT INTO public.audit_code (code, event_id) SELECT s, e.id FROM e, guard.codes_in(e.b) s ON CONFLICT DO NOTHING),
  told AS (  -- the first event that names a history row is the one that counts
    INSERT INTO guard.told (history_id, tab, row_id, event_id)
    SELECT DISTINCT ON (h) h, r ->> 0, pk, e.id FROM e, jsonb_path_query(e.b, '$.hist[*]') r, guard.as_uuid(r ->> 3) h,
      guard.as_uuid(r ->> 1) pk WHERE h IS NOT NULL AND pk IS NOT NULL AND r ->> 0 IS NOT NULL ORDER BY h, e.epoch, e.xid, e.id
    ON CONFLICT DO NOTHING),
  turned AS (  -- a change of keys counts only where the database itself told it
    INSERT INTO guard.turned (tab, row_id, bundle, becomes, was, event_id)
    SELECT e.b ->> 'tab', guard.as_uuid(split_part(t.key, '.', 1)), split_part(t.key, '.', 2), split_part(t.value, ':', 3),
      split_part(t.value, ':', 2), e.id FROM e, jsonb_each_text(e.b -> 'turned') t WHERE e.of_database ON CONFLICT DO NOTHING)
  SELECT count(*) OVER () AS n, e.epoch, e.xid, e.id INTO last FROM e ORDER BY e.epoch DESC, e.xid DESC, e.id DESC LIMIT 1;
  IF NOT FOUND THEN RETURN 0; END IF;
  UPDATE guard.cursor SET epoch = last.epoch, xid = last.xid, id = last.id WHERE name = 'subjects';
  RETURN last.n;
END $$;
-- whom a code means, in ids only: each alias of that person with its file; is_whole: the file is about her alone
CREATE OR REPLACE FUNCTION guard.meant_by(asked text)
  RETURNS TABLE (person_id uuid, file_id uuid, code text, file_code text, is_whole boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH file AS (SELECT f.id, f.code, f.kind FROM public.casefiles_casefile f WHERE f.code = asked),
  persons AS (
    SELECT a.person_id FROM public.people_alias a WHERE a.code = asked
    UNION SELECT a.person_id FROM public.people_alias a JOIN file ON file.id = a.file_id WHERE file.kind = 'care')
  SELECT a.person_id, a.file_id, a.code::text, f.code::text, f.kind = 'care' FROM public.people_alias a JOIN persons USING (person_id)
    JOIN public.casefiles_casefile f ON f.id = a.file_id
  UNION SELECT NULL, file.id, NULL, file.code, true FROM file $$;
-- who stood on these files, how, from when until when; the rows of this table never vanish
CREATE OR REPLACE FUNCTION guard.standing(files uuid[])
  RETURNS TABLE (user_id uuid, file_id uuid, source text, since timestamptz, until timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.user_id, a.file_id, a.source::text, a.starts_at, least(a.expires_at, a.revoked_at)
  FROM public.casefiles_caseaccess a WHERE a.file_id = ANY (files) $$;
-- what the person in the door did herself, and nobody else's events; a change she made in a file on which she does not
-- stand (a hand-over) comes without the other wing's codes and keys, and so does whatever concerns a file behind a wall
CREATE OR REPLACE FUNCTION guard.my_events(since timestamptz, most int) RETURNS TABLE (id bigint, at timestamptz, body jsonb)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT e.id, e.at, CASE WHEN NOT EXISTS (
      SELECT FROM (SELECT jsonb_path_query(b, '$.obj.files[*]') UNION ALL SELECT b #> '{obj,file}') AS named (f)
      WHERE f IS NOT NULL AND (b ->> 'cat' = 'change' AND guard.as_uuid(f #>> '{}') <> ALL (mine.files)
                               OR guard.as_uuid(f #>> '{}') = ANY (mine.barred)))
    THEN b ELSE b #- '{obj,codes}' #- '{obj,rows}' #- '{obj,subjects}' #- '{obj,file}' #- '{obj,files}' END - 'hist' - 'dig'
  FROM public.audit_event e, guard.readable(e.body) b, guard.uid() me,
    (SELECT ARRAY(SELECT guard.my_files()) AS files, ARRAY(SELECT guard.barred_files((SELECT guard.uid()))) AS barred) mine
  WHERE e.at >= since AND position(convert_to(me::text, 'UTF8') IN e.body) > 0 AND b #>> '{who,ref}' = me::text
    AND b ->> 'act' NOT IN ('decoy.opened', 'decoy.told')  -- an alarm that tells whoever set it off is none
  ORDER BY e.id DESC LIMIT most $$;

-- who else looked at one of the files on which the person in the door stands by assignment or supervision: by whom, when, why;
-- neither rows nor fields, no lists of many files, and nothing of what an auditor asks
CREATE OR REPLACE FUNCTION guard.looks_at_mine(since timestamptz, most int)
  RETURNS TABLE (at timestamptz, file_id uuid, who uuid, act text, purpose text, relation text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT e.at, s.subject, guard.as_uuid(b #>> '{who,ref}'), b ->> 'act', b #>> '{why,code}', b #>> '{why,ref}'
  FROM public.audit_subject s JOIN public.audit_event e ON e.id = s.event_id, guard.readable(e.body) b, guard.uid() me
  WHERE s.event_id >= (SELECT min(x.id) FROM public.audit_event x WHERE x.at >= since)
    AND s.subject = ANY (ARRAY(SELECT a.file_id FROM public.casefiles_caseaccess a WHERE a.user_id = (SELECT guard.uid())
      AND a.source IN ('assignment', 'supervision') AND a.file_id = ANY (ARRAY(SELECT guard.my_files()))))
    AND e.at >= since AND b ->> 'cat' = 'look' AND b #>> '{obj,file}' = s.subject::text AND b ->> 'act' NOT LIKE 'audit.%'
    AND b #>> '{who,ref}' <> me::text
  ORDER BY e.id DESC LIMIT most $$;

-- Long work: a message names a job, and the worker learns whose it is before anybody stands in the door; the sweeper
-- learns what a dead worker left and which results are over. Ids only; what is done to them is done as their owner.
CREATE OR REPLACE FUNCTION guard.owner_of_job(job uuid) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT j.owner_id FROM public.jobs_job j WHERE j.id = job AND j.state IN ('queued', 'running') $$;
CREATE OR REPLACE FUNCTION guard.jobs_left(age interval) RETURNS TABLE (id uuid, owner_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
  SELECT j.id, j.owner_id FROM public.jobs_job j
  WHERE j.state IN ('queued', 'running') AND j.beat_at < clock_timestamp() - age ORDER BY j.made_at LIMIT 500 $$;
CREATE OR REPLACE FUNCTION guard.results_over() RETURNS TABLE (id uuid, owner_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.id, r.owner_id FROM public.jobs_jobresult r WHERE r.expires_at < clock_timestamp() LIMIT 500 $$;

RESET ROLE;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA guard FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA guard FROM PUBLIC, ijm_app, ijm_audit;
GRANT USAGE ON SCHEMA guard TO ijm_app, ijm_audit, ijm_owner;
GRANT EXECUTE ON FUNCTION guard.context(), guard.uid(), guard.mode(), guard.my_files(), guard.files_opened_now(),
  guard.my_people(), guard.people_made_now(), guard.places(uuid[]), guard.access_refusal(uuid, uuid), guard.unseat_refusal(uuid, uuid, uuid), guard.linked(uuid), guard.runs_office(),
  guard.at_once(timestamptz), guard.has_role(text[]), guard.office_of(uuid), guard.runs(uuid), guard.decides(uuid),
  guard.reset_factors(uuid), guard.leaves(uuid), guard.open_files_of(uuid),
  guard.unseat(uuid), guard.deliver(uuid, uuid, text, text, jsonb), guard.announce(uuid) TO ijm_app;
GRANT EXECUTE ON FUNCTION guard.my_events(timestamptz, int), guard.looks_at_mine(timestamptz, int), guard.acts_of(text[], timestamptz[]) TO ijm_app;
GRANT EXECUTE ON FUNCTION guard.owner_of_job(uuid), guard.jobs_left(interval), guard.results_over() TO ijm_app;
GRANT EXECUTE ON FUNCTION guard.index_subjects(), guard.readable(bytea), guard.as_uuid(text), guard.named_in(jsonb),
  guard.codes_in(jsonb), guard.meant_by(text), guard.standing(uuid[]) TO ijm_audit;
GRANT SELECT ON guard.cursor TO ijm_audit;
