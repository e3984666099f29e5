-- Forgetting a person: whom a code means, what stands against it, which keys it ends. Definer functions, because who decides
-- stands on none of her files and nobody stands on all of them; they answer in codes, ids and counts.
SET LOCAL ROLE ijm_keeper;
-- whom a code means, for who works on that file and for the data-protection officer of its office
CREATE OR REPLACE FUNCTION guard.meant_for_erasure(asked text)
  RETURNS TABLE (person_id uuid, file_id uuid, office_id uuid, kind text, code text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.person_id, a.file_id, f.office_id, f.kind::text, a.code::text
  FROM public.people_alias a JOIN public.casefiles_casefile f ON f.id = a.file_id
  WHERE a.code = asked AND (f.id = ANY (ARRAY(SELECT guard.my_files()))
    OR guard.decides(f.office_id) AND NOT guard.is_barred(guard.uid(), f.id)) $$;
-- everything that stands against forgetting her: holds by their number, open files of any wing by wing and office
CREATE OR REPLACE FUNCTION guard.held(person uuid)
  RETURNS TABLE (code text, reason text, until_on date, kind text, office_id uuid, number bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT h.code::text, h.reason::text, h.until_on, NULL, NULL::uuid, 1 FROM public.erasures_legalhold h
  WHERE h.person_id = person AND h.lifted_at IS NULL AND h.until_on >= current_date
  UNION ALL
  SELECT NULL, NULL, NULL, f.kind::text, f.office_id, count(DISTINCT f.id) FROM public.people_alias a
  JOIN public.casefiles_casefile f ON f.id = a.file_id WHERE a.person_id = person AND f.status = 'open'
  GROUP BY f.kind, f.office_id $$;
-- the same for a page: who is not the data-protection officer learns numbers of holds and that another wing has a file open
CREATE OR REPLACE FUNCTION guard.holds_on(erasure uuid)
  RETURNS TABLE (code text, reason text, until_on date, kind text, office_id uuid, number bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT said.code, said.reason, said.until_on, said.kind, said.office_id, sum(said.number)::bigint FROM (
    SELECT h.code, h.number, CASE WHEN knows THEN h.reason END AS reason, CASE WHEN knows THEN h.until_on END AS until_on,
      CASE WHEN h.code IS NULL THEN CASE WHEN knows OR h.kind = 'care' THEN h.kind ELSE '' END END AS kind,
      CASE WHEN knows OR h.kind = 'care' THEN h.office_id END AS office_id
    FROM public.erasures_erasure e JOIN public.approvals_request r ON r.id = e.request_id,
      LATERAL guard.decides(e.office_id) knows, LATERAL guard.held(e.person_id) h
    WHERE e.id = erasure AND (knows OR guard.uid() IN (r.asked_by_id, r.decided_by_id)
      OR guard.decider_refusal(guard.uid(), r.id) IS NULL OR e.file_id = ANY (ARRAY(SELECT guard.my_files())))) said
  GROUP BY said.code, said.reason, said.until_on, said.kind, said.office_id $$;
-- her own files: those of care and intake on which nobody else has a code
CREATE OR REPLACE FUNCTION guard.files_of_hers(person uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT f.id FROM public.people_alias a JOIN public.casefiles_casefile f ON f.id = a.file_id
  WHERE a.person_id = person AND f.kind IN ('care', 'intake')
    AND NOT EXISTS (SELECT FROM public.people_alias o WHERE o.file_id = f.id AND o.person_id <> person) $$;
-- the keys that end with her: her own, those of her own files, of what is kept on them, of papers that wait to be fetched
CREATE OR REPLACE FUNCTION guard.keys_of_hers(person uuid) RETURNS TABLE (kind text, id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH hers AS MATERIALIZED (SELECT f AS file_id FROM guard.files_of_hers(person) f)
  SELECT 'subject', person UNION SELECT 'file', file_id FROM hers
  UNION SELECT 'evidence', s.id FROM public.documents_storedfile s JOIN hers USING (file_id)
  UNION SELECT 'own', c.id FROM public.documents_copy c JOIN public.documents_paper p ON p.id = c.paper_id
    WHERE p.file_id IN (SELECT file_id FROM hers)
       OR p.alias_id IN (SELECT a.id FROM public.people_alias a WHERE a.person_id = person) $$;
CREATE OR REPLACE FUNCTION guard.erasure_keys(erasure uuid) RETURNS TABLE (kind text, id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k.kind, k.id FROM public.erasures_erasure e JOIN public.approvals_request r ON r.id = e.request_id,
    LATERAL guard.keys_of_hers(e.person_id) k
  WHERE e.id = erasure AND e.step IN ('approved', 'done') AND guard.mode() = 'w'
    AND (r.decided_by_id = guard.uid() OR guard.decides(e.office_id) OR e.file_id = ANY (ARRAY(SELECT guard.my_files()))) $$;
-- after a restore of the key database: whose keys must not come back
CREATE OR REPLACE FUNCTION guard.erased() RETURNS TABLE (certificate text, by uuid, kind text, id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT e.certificate::text, r.decided_by_id, k.kind, k.id
  FROM public.erasures_erasure e JOIN public.approvals_request r ON r.id = e.request_id, LATERAL guard.keys_of_hers(e.person_id) k
  WHERE e.step = 'done' $$;
-- what colleagues typed into forms about her and have not sent
CREATE OR REPLACE FUNCTION guard.drop_drafts(erasure uuid) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE n int;
BEGIN
  DELETE FROM public.web_draft d USING public.erasures_erasure e, public.approvals_request r, public.people_alias a
  WHERE e.id = erasure AND e.step = 'approved' AND r.id = e.request_id AND r.decided_by_id = guard.uid() AND a.person_id = e.person_id
    AND position(a.code IN d.path) > 0;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $$;
CREATE OR REPLACE FUNCTION guard.check_erasure() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid(); hers record; asked record; said text;
BEGIN
  IF session_user <> 'ijm_app' THEN RETURN NEW; END IF;
  IF TG_OP = 'INSERT' THEN
    SELECT * INTO hers FROM guard.meant_for_erasure(NEW.about_code);
    IF NOT FOUND OR hers.person_id <> NEW.person_id OR hers.file_id <> NEW.file_id OR hers.kind <> 'care' THEN
      RAISE EXCEPTION 'an erasure is asked for by who works on her care file or guards her rights' USING ERRCODE = '42501';
    END IF;
    NEW.office_id := hers.office_id;
    SELECT * INTO asked FROM public.approvals_request r WHERE r.id = NEW.request_id;
    IF (asked.kind, asked.about, asked.file_id, asked.office_id) IS DISTINCT FROM ('erasure', NEW.code, NEW.file_id, NEW.office_id)
       OR NEW.step <> 'waiting' OR NEW.certificate IS NOT NULL THEN
      RAISE EXCEPTION 'an erasure is asked for first and approved by another person' USING ERRCODE = '42501';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.person_id::text, 6));
    IF EXISTS (SELECT FROM public.erasures_erasure e JOIN public.approvals_request r ON r.id = e.request_id
               WHERE e.person_id = NEW.person_id AND (e.step IN ('approved', 'done')
                 OR e.step = 'waiting' AND r.state = 'asked' AND r.expires_at > clock_timestamp())) THEN
      RAISE EXCEPTION 'this was asked for already' USING ERRCODE = '23505', CONSTRAINT = 'erasure_one_open';
    END IF;
    RETURN NEW;
  END IF;
  SELECT * INTO asked FROM public.approvals_request r WHERE r.id = OLD.request_id;
  IF OLD.certificate IS NOT NULL AND NEW.certificate IS DISTINCT FROM OLD.certificate OR OLD.step IN ('done', 'halted') THEN
    RAISE EXCEPTION 'what was decided stays' USING ERRCODE = '42501';
  END IF;
  IF me = asked.asked_by_id OR NOT (me = asked.decided_by_id OR guard.decides(OLD.office_id)
     OR guard.has_role(ARRAY['CARE_SUPERVISOR']) AND OLD.file_id = ANY (ARRAY(SELECT guard.my_files()))) THEN
    RAISE EXCEPTION 'another person than who asked has it done' USING ERRCODE = '42501';
  END IF;
  IF NEW.step = 'approved' THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(OLD.person_id::text, 4));
    SELECT string_agg(coalesce(h.code, h.kind), ', ') INTO said FROM guard.held(OLD.person_id) h;
    IF said IS NOT NULL THEN RAISE EXCEPTION 'VAULT-HOLD: %', said USING ERRCODE = '42501'; END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION guard.check_hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE hers record;
BEGIN
  IF session_user <> 'ijm_app' THEN RETURN NEW; END IF;
  IF TG_OP = 'INSERT' THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.person_id::text, 4));
    SELECT * INTO hers FROM guard.meant_for_erasure(NEW.about_code);
    IF NOT FOUND OR hers.person_id <> NEW.person_id OR hers.file_id <> NEW.file_id
       OR NOT (guard.decides(hers.office_id) OR hers.kind = 'prosecution' AND guard.has_role(ARRAY['LIAISON'])) THEN
      RAISE EXCEPTION 'a hold is placed by the liaison of her case or the data-protection officer' USING ERRCODE = '42501';
    END IF;
    NEW.office_id := hers.office_id;
  ELSIF OLD.lifted_at IS NOT NULL OR NOT (guard.decides(OLD.office_id) OR guard.has_role(ARRAY['LIAISON'])) THEN
    RAISE EXCEPTION 'a hold is lifted once, by the liaison of her case or the data-protection officer' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
RESET ROLE;
REVOKE ALL ON FUNCTION guard.meant_for_erasure(text), guard.held(uuid), guard.holds_on(uuid), guard.files_of_hers(uuid),
  guard.keys_of_hers(uuid), guard.erasure_keys(uuid), guard.erased(), guard.drop_drafts(uuid), guard.check_erasure(),
  guard.check_hold() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.meant_for_erasure(text), guard.holds_on(uuid), guard.erasure_keys(uuid), guard.erased(),
  guard.drop_drafts(uuid) TO ijm_app;
