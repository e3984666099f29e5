-- The auditor's desk: what it needs to know of files and of names, in codes only.
SET LOCAL ROLE ijm_keeper;
-- the code of each of these files, and since when it is closed
CREATE OR REPLACE FUNCTION guard.files_told(files uuid[]) RETURNS TABLE (file_id uuid, code text, closed_since timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT f.id, f.code::text, CASE WHEN f.status = 'closed' THEN (
    SELECT min(h.history_date) FROM public.casefiles_historicalcasefile h WHERE h.id = f.id AND h.status = 'closed'
      AND h.history_date > coalesce((SELECT max(o.history_date) FROM public.casefiles_historicalcasefile o
                                     WHERE o.id = f.id AND o.status <> 'closed'), '-infinity')) END
  FROM public.casefiles_casefile f WHERE f.id = ANY (files) $$;
-- the files on which each of these persons is known: a look that names only her is explained by a place on one of them
CREATE OR REPLACE FUNCTION guard.homes(persons uuid[]) RETURNS TABLE (person_id uuid, file_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.person_id, a.file_id FROM public.people_alias a WHERE a.person_id = ANY (persons) $$;
-- which of these persons bears a name with one of these marks; the names themselves are compared by nobody
CREATE OR REPLACE FUNCTION guard.namesakes(persons uuid[], marks bytea[]) RETURNS TABLE (person_id uuid, mark bytea)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT m.person_id, m.mark FROM public.people_mark m JOIN public.people_epoch e ON e.number = m.epoch AND e.state = 'active'
  WHERE m.person_id = ANY (persons) AND m.mark = ANY (marks) $$;
CREATE OR REPLACE FUNCTION guard.mark_epoch() RETURNS int LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ SELECT max(e.number) FROM public.people_epoch e WHERE e.state = 'active' $$;
REVOKE ALL ON FUNCTION guard.files_told(uuid[]), guard.homes(uuid[]), guard.namesakes(uuid[], bytea[]), guard.mark_epoch() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.files_told(uuid[]), guard.homes(uuid[]), guard.namesakes(uuid[], bytea[]), guard.mark_epoch() TO ijm_audit;
RESET ROLE;
