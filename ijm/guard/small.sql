-- Small offices: which two roles one person may hold together there, agreed by a second person of the office that supports it.
SET LOCAL ROLE ijm_keeper;
-- whether this office runs without the exclusion of these two roles until then; both roles are held in this one office
CREATE OR REPLACE FUNCTION guard.waives(office uuid, elsewhere uuid, one text, another text, until timestamptz) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT office = elsewhere AND EXISTS (SELECT FROM public.accounts_waiver w JOIN public.accounts_office o ON o.id = w.office_id
    WHERE w.office_id = office AND (w.role, w.other) IN ((one, another), (another, one)) AND w.agreed_by_id IS NOT NULL
    AND w.ended_at IS NULL AND w.expires_at >= until AND o.is_small AND o.supported_by_id = w.supporter_id) $$;
CREATE OR REPLACE FUNCTION guard.check_waiver() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid();
BEGIN
  IF session_user <> 'ijm_app' THEN RETURN NEW; END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.agreed_by_id IS NOT NULL OR NEW.ended_at IS NOT NULL OR NEW.expires_at > now() + interval '366 days' THEN
      RAISE EXCEPTION 'an exception is proposed first, for a year at most' USING ERRCODE = '42501';
    END IF;
    IF NOT EXISTS (SELECT FROM guard.waivable x WHERE (x.role, x.other) = (NEW.role, NEW.other)) THEN
      RAISE EXCEPTION 'no office does without this exclusion' USING ERRCODE = '23514', CONSTRAINT = 'waiver_of_these';
    END IF;
    IF NOT EXISTS (SELECT FROM public.accounts_office o WHERE o.id = NEW.office_id AND o.is_small AND o.supported_by_id = NEW.supporter_id) THEN
      RAISE EXCEPTION 'only a small office that another supports' USING ERRCODE = '23514', CONSTRAINT = 'waiver_of_small_office';
    END IF;
    NEW.proposed_by_id := me;
    RETURN NEW;
  END IF;
  IF OLD.ended_at IS NOT NULL THEN RAISE EXCEPTION 'an exception that has ended stays ended' USING ERRCODE = '42501'; END IF;
  IF NEW.agreed_by_id IS DISTINCT FROM OLD.agreed_by_id AND (
       OLD.agreed_by_id IS NOT NULL OR NEW.agreed_by_id <> me OR OLD.proposed_by_id = me OR OLD.expires_at <= now()
       OR NOT EXISTS (SELECT FROM public.accounts_rolegrant g JOIN guard.approver a ON a.role = g.role
         JOIN public.accounts_user u ON u.id = g.user_id AND u.is_active
         WHERE g.user_id = me AND g.office_id = OLD.supporter_id AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL
         AND g.starts_at <= now() AND g.expires_at > now())) THEN
    RAISE EXCEPTION 'a second person of the supporting office agrees' USING ERRCODE = '42501';
  END IF;
  IF NEW.ended_at IS NOT NULL AND EXISTS (
       SELECT FROM public.accounts_rolegrant g JOIN public.accounts_rolegrant h ON h.user_id = g.user_id
       WHERE (g.role, h.role) = (OLD.role, OLD.other) AND g.office_id = OLD.office_id AND h.office_id = OLD.office_id
       AND g.approved_by_id IS NOT NULL AND h.approved_by_id IS NOT NULL AND g.revoked_at IS NULL AND h.revoked_at IS NULL
       AND g.expires_at > now() AND h.expires_at > now()) THEN
    RAISE EXCEPTION 'somebody still holds both roles' USING ERRCODE = '23514', CONSTRAINT = 'waiver_still_used';
  END IF;
  RETURN NEW;
END $$;
-- while an exception stands, the office stays small and supported by the office that agreed
CREATE OR REPLACE FUNCTION guard.check_office() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (NEW.is_small, NEW.supported_by_id) IS DISTINCT FROM (OLD.is_small, OLD.supported_by_id) AND EXISTS (
       SELECT FROM public.accounts_waiver w WHERE w.office_id = OLD.id AND w.agreed_by_id IS NOT NULL AND w.ended_at IS NULL
       AND w.expires_at > now()) THEN
    RAISE EXCEPTION 'exceptions of this office stand' USING ERRCODE = '23514', CONSTRAINT = 'office_has_waivers';
  END IF;
  RETURN NEW;
END $$;
RESET ROLE;
REVOKE ALL ON FUNCTION guard.waives(uuid, uuid, text, text, timestamptz), guard.check_waiver(), guard.check_office() FROM PUBLIC;
