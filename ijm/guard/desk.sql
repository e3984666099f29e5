-- The auditor's desk: what it needs to know of files, in keys and codes only.
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
REVOKE ALL ON FUNCTION guard.files_told(uuid[]), guard.homes(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.files_told(uuid[]), guard.homes(uuid[]) TO ijm_audit;
RESET ROLE;
