-- Walls for conflicts of interest, and sealed files. A wall forbids whatever else permits: restrictive policies, the trigger of
-- places, searches, notices. Who is kept out is told nothing: her files are not there, and neither are the rows that say why.
SET LOCAL ROLE ijm_keeper;
CREATE TABLE IF NOT EXISTS guard.waller (role text PRIMARY KEY);
CREATE OR REPLACE FUNCTION guard.wallers() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ SELECT w.role FROM guard.waller w $$;
-- the files from which a person is kept now: walled by file, walled by a person on it, sealed without her name on the list;
-- who guards a seal and who audits stand on no file, and see the rows about it that are theirs
CREATE OR REPLACE FUNCTION guard.barred_files(person uuid) RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 2
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM public.casefiles_wall w WHERE w.user_id = person AND w.lifted_at IS NULL AND w.until > now()) THEN
    RETURN QUERY SELECT w.file_id FROM public.casefiles_wall w
      WHERE w.user_id = person AND w.file_id IS NOT NULL AND w.lifted_at IS NULL AND w.until > now();
    RETURN QUERY SELECT a.file_id FROM public.casefiles_wall w JOIN public.people_alias a ON a.person_id = w.person_id
      WHERE w.user_id = person AND w.lifted_at IS NULL AND w.until > now();
  END IF;
  IF EXISTS (SELECT FROM public.casefiles_casefile f WHERE f.is_sealed)
     AND NOT guard.holds(person, ARRAY['AUDITOR', 'DATA_PROTECTION']) THEN
    RETURN QUERY SELECT f.id FROM public.casefiles_casefile f WHERE f.is_sealed AND NOT EXISTS (
      SELECT FROM public.casefiles_seal s
      WHERE s.file_id = f.id AND s.user_id = person AND s.stands_from <= now() AND s.lifted_at IS NULL);
  END IF;
END $$;
CREATE OR REPLACE FUNCTION guard.is_barred(person uuid, target uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ SELECT target IN (SELECT guard.barred_files(person)) $$;
-- what the restrictive policies compare: files, persons and codes from which the person in the door is kept, as hashes, so that
-- whoever asks this function itself learns no key of them
CREATE OR REPLACE FUNCTION guard.walled_off() RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 2
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid(); files uuid[] := ARRAY(SELECT guard.barred_files(me));
BEGIN
  IF files = '{}' AND NOT EXISTS (SELECT FROM public.casefiles_wall w WHERE w.user_id = me) THEN RETURN; END IF;
  RETURN QUERY SELECT uuid_hash_extended(f, 0) FROM unnest(files) f
    UNION ALL SELECT hashtextextended(c.code::text, 0) FROM public.casefiles_casefile c WHERE c.id = ANY (files)
    UNION ALL SELECT hashtextextended(a.code::text, 0) FROM public.people_alias a WHERE a.file_id = ANY (files)
    UNION ALL SELECT uuid_hash_extended(w.person_id, 0) FROM public.casefiles_wall w
      WHERE w.user_id = me AND w.person_id IS NOT NULL AND w.lifted_at IS NULL AND w.until > now();
END $$;
-- until when earlier work keeps a person from this file: who cared for a survivor does not investigate her case for five years,
-- and who investigated it does not care for her; from places that ended, whatever her role is today; NULL: nothing does
CREATE OR REPLACE FUNCTION guard.worked_until(person uuid, target uuid) RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT max(least(a.expires_at, a.revoked_at)) + interval '5 years'
  FROM public.casefiles_casefile f
  JOIN public.people_alias hers ON hers.file_id = f.id
  JOIN public.people_alias other ON other.person_id = hers.person_id AND other.file_id <> f.id
  JOIN public.casefiles_casefile g ON g.id = other.file_id
    AND g.kind = CASE f.kind WHEN 'care' THEN 'investigation' WHEN 'investigation' THEN 'care' END
  JOIN public.casefiles_caseaccess a ON a.file_id = g.id AND a.user_id = person AND a.starts_at <= now()
    AND a.source IN ('assignment', 'supervision', 'referral') AND least(a.expires_at, a.revoked_at) > now() - interval '5 years'
  WHERE f.id = target $$;
-- what two people agreed on: this act, about this row
CREATE OR REPLACE FUNCTION guard.agreed_on(request uuid, act text, code text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT guard.agreed(request, code) AND EXISTS (SELECT FROM public.approvals_request r WHERE r.id = request AND r.kind = act) $$;
-- whether a person may not be put on this file: in one word for who puts her there, never why
CREATE OR REPLACE FUNCTION guard.stands_against(person uuid, target uuid, source text) RETURNS boolean LANGUAGE plpgsql STABLE
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN guard.is_barred(person, target)
    OR source NOT IN ('bridge', 'review') AND guard.worked_until(person, target) IS NOT NULL;
END $$;
-- the same of a colleague, for the application: of herself nobody is told
CREATE OR REPLACE FUNCTION guard.keeps_out(person uuid, target uuid, source text) RETURNS boolean LANGUAGE plpgsql STABLE
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN RETURN person IS DISTINCT FROM guard.uid() AND guard.stands_against(person, target, source); END $$;
-- every place goes through here: one that somebody writes is refused, one that a function gives (supervision, a bridge, an
-- emergency) is left out, so that who asked finds what she would find without it: a page that is not there
CREATE OR REPLACE FUNCTION guard.check_walled() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF session_user <> 'ijm_app' THEN RETURN NEW; END IF;
  IF current_user = 'ijm_app' THEN
    IF guard.keeps_out(NEW.user_id, NEW.file_id, NEW.source) THEN
      RAISE EXCEPTION 'access refused: choose somebody else' USING ERRCODE = '42501';
    END IF;
  ELSIF guard.stands_against(NEW.user_id, NEW.file_id, NEW.source) THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END $$;
-- the same for a page, asked by who stands on that file
CREATE OR REPLACE FUNCTION guard.may_join(person uuid, target uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (target = ANY (ARRAY(SELECT guard.my_files())) OR target = ANY (ARRAY(SELECT guard.files_opened_now())))
    AND NOT guard.stands_against(person, target, 'assignment');
END $$;
-- who may see a wall: supervisors of that office on whose own files it is, who set it, and the data-protection officer; never
-- the one it keeps out
CREATE OR REPLACE FUNCTION guard.sees_wall(walled uuid, setter uuid, file uuid, person uuid) RETURNS boolean LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(walled <> guard.uid() AND guard.reaches(guard.office_of(walled), ARRAY(SELECT guard.wallers()))
    AND (coalesce(setter = guard.uid(), false) OR guard.decides(guard.office_of(walled))
         OR coalesce(file = ANY (ARRAY(SELECT guard.my_files())), false)
         OR coalesce(person = ANY (ARRAY(SELECT guard.my_people())), false)), false) $$;
-- who may ask the vault about what a colleague declared: whoever works with her, and the supervisors who reach her office
CREATE OR REPLACE FUNCTION guard.hears_of(person uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(guard.office_of(person) = guard.office_of(guard.uid())
    OR guard.reaches(guard.office_of(person), ARRAY(SELECT guard.wallers())), false) $$;
-- whom or what a code means, for who works on that file and for the data-protection officer of its office
CREATE OR REPLACE FUNCTION guard.meant_for_wall(asked text)
  RETURNS TABLE (file_id uuid, person_id uuid, on_file uuid, office_id uuid, is_mine boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH mine AS MATERIALIZED (SELECT m AS id FROM guard.my_files() m),
  meant AS (
    SELECT f.id AS file_id, NULL::uuid AS person_id, f.id AS on_file, f.office_id FROM public.casefiles_casefile f WHERE f.code = asked
    UNION ALL
    SELECT NULL, a.person_id, f.id, f.office_id FROM public.people_alias a JOIN public.casefiles_casefile f ON f.id = a.file_id
    WHERE a.code = asked)
  SELECT m.file_id, m.person_id, m.on_file, m.office_id, m.on_file IN (SELECT id FROM mine) FROM meant m
  WHERE m.on_file IN (SELECT id FROM mine)
     OR guard.decides(m.office_id) AND NOT guard.is_barred(guard.uid(), m.on_file) $$;
-- nobody stands where she is kept out: her places end, so that no list, notice or report counts on her
CREATE OR REPLACE FUNCTION guard.clear_places(person uuid, files uuid[]) RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.casefiles_caseaccess a SET revoked_at = now(), revoked_by_id = coalesce(guard.uid(), a.granted_by_id), rev = a.rev + 1
  WHERE a.file_id = ANY (files) AND (person IS NULL OR a.user_id = person) AND a.revoked_at IS NULL AND a.expires_at > now()
    AND (person IS NOT NULL OR guard.is_barred(a.user_id, a.file_id)) $$;
CREATE OR REPLACE FUNCTION guard.check_wall() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid(); meant record;
BEGIN
  IF session_user <> 'ijm_app' THEN RETURN NEW; END IF;
  IF me IS NULL OR guard.mode() IS DISTINCT FROM 'w' THEN
    RAISE EXCEPTION 'a wall is set by somebody' USING ERRCODE = '42501';
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL OR me = OLD.user_id
       OR NOT guard.agreed_on(NEW.lifted_through, 'wall.lift', OLD.code) THEN
      RAISE EXCEPTION 'a wall is lifted once, by two people, and not by the one it keeps out' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.lifted_at IS NOT NULL OR NEW.until > now() + interval '10 years' + interval '1 day' THEN
    RAISE EXCEPTION 'a wall begins standing and ends within ten years' USING ERRCODE = '42501';
  END IF;
  NEW.set_at := now();
  IF NEW.kind IN ('cared', 'investigated') THEN
    IF pg_trigger_depth() < 2 THEN RAISE EXCEPTION 'history sets such a wall' USING ERRCODE = '42501'; END IF;
  ELSE
    SELECT * INTO meant FROM guard.meant_for_wall(NEW.about_code) LIMIT 1;
    IF NOT FOUND OR NEW.file_id IS DISTINCT FROM meant.file_id OR NEW.person_id IS DISTINCT FROM meant.person_id THEN
      RAISE EXCEPTION 'a wall is set about what its setter works on, or guards' USING ERRCODE = '42501';
    END IF;
    IF NOT (CASE NEW.kind WHEN 'declared' THEN NEW.user_id = me
                         WHEN 'named' THEN NEW.user_id <> me
                         ELSE NEW.user_id <> me AND guard.reaches(guard.office_of(NEW.user_id), ARRAY(SELECT guard.wallers())) END) THEN
      RAISE EXCEPTION 'walls against others are set by supervisors and the data-protection officer' USING ERRCODE = '42501';
    END IF;
    NEW.set_by_id := me;
  END IF;
  PERFORM guard.clear_places(NEW.user_id, CASE WHEN NEW.file_id IS NOT NULL THEN ARRAY[NEW.file_id] ELSE
    ARRAY(SELECT a.file_id FROM public.people_alias a WHERE a.person_id = NEW.person_id) END);
  RETURN NEW;
END $$;
-- a person who becomes known on a file: whoever worked with her on the other side is kept from it from now on
CREATE OR REPLACE FUNCTION guard.wall_off_history() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM public.people_alias o WHERE o.person_id = NEW.person_id AND o.file_id <> NEW.file_id) THEN RETURN NULL; END IF;
  INSERT INTO public.casefiles_wall (id, rev, code, user_id, file_id, about_code, kind, until, set_at)
  SELECT gen_random_uuid(), 1, guard.wall_code(), p.user_id, f.id, f.code,
         CASE f.kind WHEN 'care' THEN 'investigated' ELSE 'cared' END, p.until, now()
  FROM public.casefiles_casefile f,
    LATERAL (SELECT a.user_id, guard.worked_until(a.user_id, f.id) AS until FROM public.casefiles_caseaccess a
             WHERE a.file_id = f.id AND a.revoked_at IS NULL AND a.expires_at > now() AND a.source NOT IN ('bridge', 'review')
             GROUP BY a.user_id) p
  WHERE f.id = NEW.file_id AND f.kind IN ('care', 'investigation') AND p.until IS NOT NULL;
  RETURN NULL;
END $$;
-- a code as ijm.ids makes it: seven random signs and the Luhn check of ISO/IEC 7812 over the same 32 signs
CREATE OR REPLACE FUNCTION guard.wall_code() RETURNS text LANGUAGE plpgsql VOLATILE
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE signs text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ'; drawn bytea := uuid_send(gen_random_uuid()); said text := ''; sum int := 0;
  n int; d int;
BEGIN
  FOR i IN 0..6 LOOP
    n := get_byte(drawn, CASE WHEN i < 6 THEN i ELSE 10 END) % 32;
    said := said || substr(signs, n + 1, 1);
    d := CASE WHEN i % 2 = 0 THEN n * 2 ELSE n END;
    sum := sum + d / 32 + d % 32;
  END LOOP;
  said := said || substr(signs, (32 - sum % 32) % 32 + 1, 1);
  RETURN 'WL-' || substr(said, 1, 4) || '-' || substr(said, 5, 4);
END $$;
-- the list of a sealed file: its first names, in one statement, seal it; any later name, and opening it again, needs two people
CREATE OR REPLACE FUNCTION guard.check_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid(); f record;
BEGIN
  IF session_user <> 'ijm_app' THEN RETURN NEW; END IF;
  IF me IS NULL OR guard.mode() IS DISTINCT FROM 'w' THEN
    RAISE EXCEPTION 'a file is sealed by somebody' USING ERRCODE = '42501';
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF pg_trigger_depth() > 1 THEN RETURN NEW; END IF;  -- the other names of a list go with the one that was agreed on
    IF OLD.lifted_at IS NOT NULL OR NOT (CASE
         WHEN NEW.lifted_at IS NOT NULL THEN guard.agreed_on(NEW.through, 'seal.lift', OLD.code)
         ELSE OLD.stands_from IS NULL AND NEW.stands_from IS NOT NULL AND guard.agreed_on(NEW.through, 'seal.add', OLD.code) END) THEN
      RAISE EXCEPTION 'the list of a sealed file changes by two people' USING ERRCODE = '42501';
    END IF;
    NEW.stands_from := coalesce(OLD.stands_from, now());
    RETURN NEW;
  END IF;
  SELECT c.id, c.code, c.kind, c.office_id, c.is_sealed INTO f FROM public.casefiles_casefile c WHERE c.id = NEW.file_id FOR UPDATE;
  IF NOT FOUND OR NOT (f.id = ANY (ARRAY(SELECT guard.my_files())) OR guard.decides(f.office_id)) THEN
    RAISE EXCEPTION 'a file is sealed by who works on it or guards the rights of its people' USING ERRCODE = '42501';
  END IF;
  IF NOT guard.may_be_listed(NEW.user_id, f.kind::text, f.office_id) THEN
    RAISE EXCEPTION 'the list names people of the file''s wing, and no investigation supervisor of its office' USING ERRCODE = '42501';
  END IF;
  NEW.set_by_id := me; NEW.set_at := now(); NEW.office_id := f.office_id; NEW.about_code := f.code; NEW.lifted_at := NULL;
  NEW.stands_from := (CASE WHEN NOT f.is_sealed THEN now() END);
  RETURN NEW;
END $$;
-- who may be on the list: of the file's wing, and not the investigation supervisor of that office
CREATE OR REPLACE FUNCTION guard.may_be_listed(person uuid, of_kind text, office uuid) RETURNS boolean LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT guard.holds(person, ARRAY(SELECT r.role FROM guard.kind_role r WHERE r.kind = of_kind)) AND NOT EXISTS (
    SELECT FROM public.accounts_rolegrant g WHERE g.user_id = person AND g.role = 'INVESTIGATION_SUPERVISOR'
      AND g.office_id = office AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL AND g.expires_at > now()) $$;
-- after the list has changed: the file is sealed while a name stands on it; all others lose their places, those on it that have
-- none get one; a file that is opened again has its supervisors back
CREATE OR REPLACE FUNCTION guard.keep_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE f record; me uuid := guard.uid();
BEGIN
  IF session_user <> 'ijm_app' THEN RETURN NULL; END IF;
  SELECT c.id, c.kind, c.office_id, c.is_sealed, c.sort_key INTO f FROM public.casefiles_casefile c WHERE c.id = NEW.file_id;
  IF TG_OP = 'UPDATE' AND NEW.lifted_at IS NOT NULL THEN
    IF f.is_sealed THEN
      UPDATE public.casefiles_casefile SET is_sealed = false, rev = rev + 1 WHERE id = f.id;
      UPDATE public.casefiles_seal s SET lifted_at = NEW.lifted_at, lifted_by_id = NEW.lifted_by_id, through = NEW.through, rev = s.rev + 1
        WHERE s.file_id = f.id AND s.lifted_at IS NULL;
      INSERT INTO public.casefiles_caseaccess (id, rev, user_id, file_id, source, reason_code, granted_by_id, starts_at, expires_at, sort_key)
      SELECT DISTINCT ON (g.user_id) gen_random_uuid(), 1, g.user_id, f.id, 'supervision', 'SUPERVISION', me, now(),
        least(now() + interval '90 days', g.expires_at), f.sort_key
      FROM public.accounts_rolegrant g JOIN guard.supervision v ON v.kind = f.kind AND v.role = g.role
      JOIN public.accounts_user u ON u.id = g.user_id AND u.is_active
      WHERE g.office_id = f.office_id AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL AND g.starts_at <= now()
        AND g.expires_at > now() AND NOT EXISTS (
          SELECT FROM public.casefiles_caseaccess a WHERE a.user_id = g.user_id AND a.file_id = f.id AND a.source = 'supervision'
            AND a.revoked_at IS NULL);
    END IF;
    RETURN NULL;
  END IF;
  IF NEW.stands_from IS NULL THEN RETURN NULL; END IF;
  IF NOT f.is_sealed THEN
    UPDATE public.casefiles_casefile SET is_sealed = true, rev = rev + 1 WHERE id = f.id;
  END IF;
  INSERT INTO public.casefiles_caseaccess (id, rev, user_id, file_id, source, reason_code, granted_by_id, starts_at, expires_at, sort_key)
  SELECT gen_random_uuid(), 1, NEW.user_id, f.id, 'assignment', 'SEALED', me, now(), now() + interval '180 days', f.sort_key
  WHERE NOT EXISTS (
    SELECT FROM public.casefiles_caseaccess a
    WHERE a.user_id = NEW.user_id AND a.file_id = f.id AND a.revoked_at IS NULL AND a.source IN ('assignment', 'supervision', 'referral'));
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION guard.end_others() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF session_user = 'ijm_app' THEN
    PERFORM guard.clear_places(NULL, ARRAY(SELECT DISTINCT c.file_id FROM changed c JOIN public.casefiles_casefile f ON f.id = c.file_id
                                           WHERE f.is_sealed));
  END IF;
  RETURN NULL;
END $$;
-- a page that was not there for her: when a wall or a seal stood before it, the log says so; the application is never told
CREATE OR REPLACE FUNCTION guard.why_not_there(said bytea) RETURNS bytea LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE b jsonb;
BEGIN
  IF position('"why":{"code":"hidden-or-missing"}'::bytea IN said) = 0 THEN RETURN said; END IF;
  b := guard.readable(said);
  IF b ->> 'cat' = 'refusal' AND EXISTS (SELECT FROM guard.files_of_code(b #>> '{q,code}') f
      WHERE f IN (SELECT guard.barred_files(guard.as_uuid(b #>> '{who,ref}')))) THEN
    RETURN convert_to(replace(convert_from(said, 'UTF8'), '"why":{"code":"hidden-or-missing"}', '"why":{"code":"wall"}'), 'UTF8');
  END IF;
  RETURN said;
END $$;
REVOKE ALL ON guard.waller FROM PUBLIC, ijm_app, ijm_audit;
REVOKE ALL ON FUNCTION guard.wallers(), guard.barred_files(uuid), guard.is_barred(uuid, uuid), guard.walled_off(),
  guard.worked_until(uuid, uuid), guard.stands_against(uuid, uuid, text), guard.keeps_out(uuid, uuid, text), guard.check_walled(), guard.may_join(uuid, uuid),
  guard.sees_wall(uuid, uuid, uuid, uuid), guard.hears_of(uuid), guard.meant_for_wall(text), guard.clear_places(uuid, uuid[]), guard.check_wall(),
  guard.wall_off_history(), guard.wall_code(), guard.check_seal(), guard.may_be_listed(uuid, text, uuid), guard.keep_seal(),
  guard.end_others(), guard.why_not_there(bytea), guard.agreed_on(uuid, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.walled_off(), guard.keeps_out(uuid, uuid, text), guard.may_join(uuid, uuid), guard.sees_wall(uuid, uuid, uuid, uuid),
  guard.hears_of(uuid), guard.meant_for_wall(text) TO ijm_app;
RESET ROLE;
