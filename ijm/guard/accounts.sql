-- Sessions and the end of an account: for herself, and for those who look after her account.
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.looks_after(person uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT guard.runs(guard.office_of(person)) OR guard.decides(guard.office_of(person)) $$;
CREATE OR REPLACE FUNCTION guard.sessions_of(person uuid)
  RETURNS TABLE (id uuid, session text, family text, factor text, begun_at timestamptz, ends_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.id, s.session, s.family, s.factor, s.begun_at, d.expire_date
  FROM public.accounts_signin s JOIN public.django_session d ON d.session_key = s.session
  WHERE s.owner_id = person AND d.expire_date > now() AND (person = guard.uid() OR guard.looks_after(person))
  ORDER BY s.begun_at DESC, s.id $$;
-- a session gets a new key when its person shows who she is: before she is in any door, so it asks nothing but the old key
CREATE OR REPLACE FUNCTION guard.session_renewed(former text, renewed text) RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ UPDATE public.accounts_signin SET session = renewed WHERE session = former $$;
CREATE OR REPLACE FUNCTION guard.end_sessions(person uuid) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE n int;
BEGIN
  IF guard.mode() IS DISTINCT FROM 'w' OR NOT (person = guard.uid() OR guard.looks_after(person)) THEN
    RAISE EXCEPTION 'sessions are ended by herself and by who looks after her account' USING ERRCODE = '42501';
  END IF;
  DELETE FROM public.django_session d USING public.accounts_signin s WHERE s.owner_id = person AND d.session_key = s.session;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $$;
-- Thirty days without a sign-in end an account, but for those who could open it again: else a long holiday closes an office.
CREATE OR REPLACE FUNCTION guard.is_over(person uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM public.accounts_user u WHERE u.id = person AND u.is_active AND NOT u.is_system
    AND (person = guard.uid() OR guard.looks_after(person)) AND (
      u.sponsor_id IS NOT NULL AND (u.ends_at <= now()
        OR NOT EXISTS (SELECT FROM public.accounts_user s WHERE s.id = u.sponsor_id AND s.is_active))
      OR u.arrival = '' AND u.ready_at < now() - interval '30 days'
        AND (SELECT max(s.begun_at) FROM public.accounts_signin s WHERE s.owner_id = person) < now() - interval '30 days'
        AND NOT guard.holds(person, ARRAY(SELECT role FROM guard.runner UNION SELECT role FROM guard.approver)))) $$;
-- what a closed account still holds ends in the transaction that closes it
CREATE OR REPLACE FUNCTION guard.end_account(person uuid) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid(); n int;
BEGIN
  IF guard.mode() IS DISTINCT FROM 'w' OR NOT (person = me OR guard.looks_after(person))
     OR EXISTS (SELECT FROM public.accounts_user u WHERE u.id = person AND u.is_active) THEN
    RAISE EXCEPTION 'only a closed account is ended' USING ERRCODE = '42501';
  END IF;
  UPDATE public.accounts_rolegrant g SET revoked_at = now(), revoked_by_id = me, rev = g.rev + 1
    WHERE g.user_id = person AND g.revoked_at IS NULL AND g.expires_at > now();
  GET DIAGNOSTICS n = ROW_COUNT;
  UPDATE public.casefiles_caseaccess a SET revoked_at = now(), revoked_by_id = me, rev = a.rev + 1
    WHERE a.user_id = person AND a.revoked_at IS NULL AND a.expires_at > now();
  UPDATE public.notices_calendaraddress c SET revoked_at = now(), rev = c.rev + 1
    WHERE c.user_id = person AND c.revoked_at IS NULL;
  UPDATE public.jobs_job j SET cancel_asked_at = now()
    WHERE j.owner_id = person AND j.state IN ('queued', 'running') AND j.cancel_asked_at IS NULL;
  DELETE FROM public.mfa_authenticator WHERE user_id = person;
  PERFORM guard.end_sessions(person);
  RETURN n;
END $$;
RESET ROLE;
REVOKE ALL ON FUNCTION guard.looks_after(uuid), guard.sessions_of(uuid), guard.session_renewed(text, text), guard.end_sessions(uuid),
  guard.is_over(uuid), guard.end_account(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.sessions_of(uuid), guard.session_renewed(text, text), guard.end_sessions(uuid), guard.is_over(uuid),
  guard.end_account(uuid) TO ijm_app;
