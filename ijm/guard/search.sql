-- The search. Equal numbers are compared in here and nowhere else. Who searches learns of persons on her own files; of
-- others only which unit knows one, and only of the wings in which she works: neither side of the wall hears of the other.
SET LOCAL ROLE ijm_keeper;
CREATE TABLE IF NOT EXISTS guard.searcher (role text PRIMARY KEY);
CREATE OR REPLACE FUNCTION guard.searches() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT guard.holds((SELECT guard.uid()), ARRAY(SELECT role FROM guard.searcher)) $$;
CREATE OR REPLACE FUNCTION guard.numbered(asked bytea[]) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER ROWS 5
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT m.person_id FROM public.people_mark m JOIN public.people_epoch e ON e.number = m.epoch AND e.state = 'active'
  WHERE m.mark = ANY (asked) $$;
CREATE OR REPLACE FUNCTION guard.elsewhere(persons uuid[]) RETURNS TABLE (person_id uuid, file_id uuid, office_id uuid, kind text)
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.person_id, f.id, f.office_id, f.kind::text FROM public.people_alias a JOIN public.casefiles_casefile f ON f.id = a.file_id
  WHERE a.person_id = ANY (persons) AND a.opens_identity AND (SELECT guard.searches())
    AND a.person_id <> ALL (ARRAY(SELECT guard.my_people())) AND f.id <> ALL (ARRAY(SELECT guard.my_files()))
    AND f.id <> ALL (ARRAY(SELECT guard.barred_files((SELECT guard.uid()))))
    AND EXISTS (SELECT FROM guard.kind_role r WHERE r.kind = f.kind AND guard.holds((SELECT guard.uid()), ARRAY[r.role])) $$;
CREATE OR REPLACE FUNCTION guard.known(asked bytea[], near uuid[]) RETURNS TABLE (person_id uuid, office_id uuid, kind text)
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
  WITH same AS MATERIALIZED (SELECT n AS id FROM guard.numbered(asked) n WHERE (SELECT guard.searches()))
  SELECT same.id, NULL::uuid, NULL::text FROM same WHERE same.id = ANY (ARRAY(SELECT guard.my_people()))
  UNION ALL
  (SELECT DISTINCT NULL::uuid, e.office_id, e.kind FROM guard.elsewhere(ARRAY(SELECT same.id FROM same) || near) e) $$;
-- who stands on the files of such a match is told once a day and file who asked; says on how many files
CREATE OR REPLACE FUNCTION guard.tell_asked(asked bytea[], near uuid[]) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid(); one record; made uuid; n int := 0;
BEGIN
  IF me IS NULL OR guard.mode() IS DISTINCT FROM 'w' THEN
    RAISE EXCEPTION 'somebody asks, through a door' USING ERRCODE = '42501';
  END IF;
  FOR one IN
    SELECT e.file_id, f.code, bool_or(e.person_id = ANY (same.ids)) AS by_number
    FROM (SELECT ARRAY(SELECT guard.numbered(asked)) AS ids) same, guard.elsewhere(same.ids || near) e
    JOIN public.casefiles_casefile f ON f.id = e.file_id GROUP BY e.file_id, f.code
  LOOP
    made := md5(concat_ws('|', me, one.file_id, (now() AT TIME ZONE 'UTC')::date))::uuid;
    INSERT INTO public.people_asked (id, rev, file_id, asked_by_id, how, asked_at)
    VALUES (made, 1, one.file_id, me, CASE WHEN one.by_number THEN 'number' ELSE 'name' END, now()) ON CONFLICT DO NOTHING;
    INSERT INTO public.notices_notice (id, rev, user_id, kind, about_code, path, origin, made_at)
    SELECT DISTINCT ON (a.user_id) gen_random_uuid(), 1, a.user_id, 'search.matched', one.code, '/desk/search/asked/', made, now()
    FROM public.casefiles_caseaccess a JOIN public.accounts_user u ON u.id = a.user_id AND u.is_active
    WHERE a.file_id = one.file_id AND a.revoked_at IS NULL AND a.starts_at <= now() AND a.expires_at > now()
      AND NOT guard.is_barred(a.user_id, a.file_id)
    ON CONFLICT DO NOTHING;
    n := n + 1;
  END LOOP;
  RETURN n;
END $$;
-- the marks of these rows, or of these persons, in one epoch or in all
CREATE OR REPLACE FUNCTION guard.unmark(of_rows uuid[], persons uuid[], in_epoch int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF session_user = 'ijm_app' AND (guard.uid() IS NULL OR guard.mode() IS DISTINCT FROM 'w') THEN
    RAISE EXCEPTION 'an index changes with the register, through a door' USING ERRCODE = '42501';
  END IF;
  DELETE FROM public.people_mark m
  WHERE (m.row_id = ANY (of_rows) OR m.person_id = ANY (persons)) AND (in_epoch IS NULL OR m.epoch = in_epoch);
END $$;
-- an index that is out of use
CREATE OR REPLACE FUNCTION guard.drop_epoch(old int) RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM public.people_segment s WHERE s.epoch = old AND NOT EXISTS (
    SELECT FROM public.people_epoch e WHERE e.number = old AND e.state = 'active');
  DELETE FROM public.people_mark m WHERE m.epoch = old AND NOT EXISTS (
    SELECT FROM public.people_epoch e WHERE e.number = old AND e.state = 'active');
  DELETE FROM public.people_epoch e WHERE e.number = old AND e.state <> 'active' $$;
REVOKE ALL ON FUNCTION guard.searches(), guard.numbered(bytea[]), guard.elsewhere(uuid[]), guard.known(bytea[], uuid[]),
  guard.tell_asked(bytea[], uuid[]), guard.unmark(uuid[], uuid[], int), guard.drop_epoch(int) FROM PUBLIC;
REVOKE ALL ON guard.searcher FROM PUBLIC, ijm_app, ijm_audit;
GRANT EXECUTE ON FUNCTION guard.searches(), guard.known(bytea[], uuid[]), guard.tell_asked(bytea[], uuid[]),
  guard.unmark(uuid[], uuid[], int) TO ijm_app;
GRANT EXECUTE ON FUNCTION guard.unmark(uuid[], uuid[], int), guard.drop_epoch(int) TO ijm_rotor;
RESET ROLE;
