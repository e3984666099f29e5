-- Places on files: how long each lasts, who says that it is still needed, how many one person holds, and the roster of an office.
SET LOCAL ROLE ijm_keeper;

-- when a place ends: its own end, never later than its source and her role allow; earlier when nobody confirmed it in time or
-- she did not use it. A guest's time is the shortest of hers and that of the source (least() passes over what is not said).
CREATE OR REPLACE FUNCTION guard.place_times(person uuid, target uuid, of_source text, starts timestamptz, INOUT ends timestamptz,
  confirmed timestamptz, used timestamptz, OUT until timestamptz) LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE l guard.place_life; guest guard.place_life; since timestamptz := greatest(starts, confirmed); role_ends timestamptz;
BEGIN
  SELECT * INTO l FROM guard.place_life p WHERE p.source = of_source;
  IF NOT FOUND THEN RAISE EXCEPTION 'no such source of a place: %', of_source USING ERRCODE = '23514'; END IF;
  IF guard.holds(person, ARRAY['PARTNER']) THEN
    SELECT * INTO guest FROM guard.place_life p WHERE p.source = 'partner';
    l.longest := least(l.longest, guest.longest); l.confirmed := least(l.confirmed, guest.confirmed);
    l.used := least(l.used, guest.used);
  END IF;
  SELECT max(g.expires_at) INTO role_ends FROM public.accounts_rolegrant g JOIN guard.kind_role k ON k.role = g.role
    JOIN public.casefiles_casefile f ON f.kind = k.kind
    WHERE f.id = target AND g.user_id = person AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL AND g.expires_at > now();
  ends := least(ends, since + l.longest, role_ends);
  until := least(ends, since + l.confirmed, greatest(since, used) + l.used);
END $$;
-- how many places somebody holds now, and how many more she may
CREATE OR REPLACE FUNCTION guard.standing_places(person uuid) RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT count(*) FROM public.casefiles_caseaccess a WHERE a.user_id = person AND a.revoked_at IS NULL AND a.expires_at > now() $$;
CREATE OR REPLACE FUNCTION guard.room_of(persons uuid[]) RETURNS TABLE (person uuid, room bigint) LANGUAGE sql VOLATILE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT p, greatest(0, (SELECT most FROM guard.place_cap) - guard.standing_places(p)) FROM unnest(persons) p
  WHERE guard.mode() IS NOT NULL $$;
CREATE OR REPLACE FUNCTION guard.check_cap() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE who uuid; most bigint := (SELECT c.most FROM guard.place_cap c); n bigint;
BEGIN
  FOR who IN SELECT DISTINCT a.user_id FROM added a ORDER BY 1 LOOP
    n := guard.standing_places(who);
    IF n > most - 100 THEN  -- near the end two transactions must not both take the last place
      PERFORM pg_advisory_xact_lock(hashtextextended(who::text, 17));
      n := guard.standing_places(who);
    END IF;
    IF n > most THEN
      RAISE EXCEPTION 'nobody stands on more than % files', most USING ERRCODE = '23514', CONSTRAINT = 'case_access_most';
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

-- why the person in the door may not say that this place is still needed, or NULL
CREATE OR REPLACE FUNCTION guard.confirm_refusal(person uuid, target uuid, of_source text) RETURNS text LANGUAGE plpgsql STABLE
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid();
BEGIN
  IF me IS NULL OR guard.mode() IS DISTINCT FROM 'w' THEN RETURN 'nobody confirms'; END IF;
  IF person = me THEN RETURN 'nobody says for herself that she is needed'; END IF;
  IF NOT EXISTS (SELECT FROM guard.place_life l WHERE l.source = of_source AND l.confirmed IS NOT NULL) THEN
    RETURN 'a place of this source is not prolonged';
  END IF;
  IF NOT EXISTS (SELECT FROM public.casefiles_caseaccess a WHERE a.user_id = me AND a.file_id = target
      AND a.source IN ('assignment', 'supervision', 'referral') AND a.revoked_at IS NULL
      AND a.starts_at <= now() AND a.expires_at > now()) THEN
    RETURN 'who confirms stands on the file herself';
  END IF;
  IF NOT guard.holds(person, ARRAY(SELECT r.role FROM guard.kind_role r JOIN public.casefiles_casefile f ON f.kind = r.kind
                                   WHERE f.id = target)) THEN
    RETURN 'no role of the file''s wing';
  END IF;
  RETURN NULL;
END $$;
-- a place that lapsed makes room for a new one, and ended when it lapsed
CREATE OR REPLACE FUNCTION guard.end_lapsed(person uuid, target uuid, of_source text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM public.casefiles_caseaccess a WHERE a.file_id = target AND a.user_id = person AND a.source = of_source
             AND a.revoked_at IS NULL AND a.expires_at <= now()) THEN
    UPDATE public.casefiles_caseaccess a SET revoked_at = a.expires_at, revoked_by_id = coalesce(guard.uid(), a.granted_by_id),
      rev = a.rev + 1
    WHERE a.file_id = target AND a.user_id = person AND a.source = of_source AND a.revoked_at IS NULL AND a.expires_at <= now();
  END IF;
END $$;
CREATE OR REPLACE FUNCTION guard.check_access() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE refusal text; ours boolean := current_user = 'ijm_app'; times record;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
      RAISE EXCEPTION 'a place that was taken back stays taken back' USING ERRCODE = '42501';
    END IF;
    IF NEW.revoked_at IS NOT NULL AND ours THEN
      refusal := guard.unseat_refusal(OLD.user_id, OLD.granted_by_id, OLD.file_id);
      IF refusal IS NOT NULL THEN RAISE EXCEPTION 'access refused: %', refusal USING ERRCODE = '42501'; END IF;
      NEW.revoked_by_id := guard.uid();
    END IF;
    IF ours AND (NEW.confirmed_at, NEW.confirmed_by_id) IS DISTINCT FROM (OLD.confirmed_at, OLD.confirmed_by_id) THEN
      refusal := CASE WHEN OLD.revoked_at IS NOT NULL OR OLD.expires_at <= now() THEN 'the place has ended'
                 ELSE guard.confirm_refusal(OLD.user_id, OLD.file_id, OLD.source) END;
      IF refusal IS NOT NULL THEN RAISE EXCEPTION 'access refused: %', refusal USING ERRCODE = '42501'; END IF;
      NEW.confirmed_at := now(); NEW.confirmed_by_id := guard.uid(); NEW.ends_at := 'infinity';
    END IF;
    IF (NEW.ends_at, NEW.confirmed_at, NEW.last_used_at) IS DISTINCT FROM (OLD.ends_at, OLD.confirmed_at, OLD.last_used_at) THEN
      SELECT * INTO times FROM guard.place_times(NEW.user_id, NEW.file_id, NEW.source, NEW.starts_at, NEW.ends_at,
                                                 NEW.confirmed_at, NEW.last_used_at);
      NEW.ends_at := times.ends; NEW.expires_at := times.until;
    END IF;
    RETURN NEW;
  END IF;
  IF ours THEN
    IF NEW.source NOT IN ('assignment', 'supervision', 'referral') THEN
      RAISE EXCEPTION 'access refused: a place by % has a rule of its own', NEW.source USING ERRCODE = '42501';
    END IF;
    refusal := guard.access_refusal(NEW.user_id, NEW.file_id);
    IF refusal IS NOT NULL THEN RAISE EXCEPTION 'access refused: %', refusal USING ERRCODE = '42501'; END IF;
    NEW.granted_by_id := guard.uid(); NEW.approved_by_id := NULL;
    NEW.confirmed_at := NULL; NEW.confirmed_by_id := NULL; NEW.last_used_at := NULL;
  END IF;
  NEW.starts_at := guard.at_once(NEW.starts_at);
  PERFORM guard.end_lapsed(NEW.user_id, NEW.file_id, NEW.source);
  SELECT * INTO times FROM guard.place_times(NEW.user_id, NEW.file_id, NEW.source, NEW.starts_at,
                                             coalesce(NEW.ends_at, NEW.expires_at), NEW.confirmed_at, NEW.last_used_at);
  NEW.ends_at := times.ends; NEW.expires_at := times.until;
  RETURN NEW;
END $$;

-- one who becomes supervisor today stands on the open files of that office at once, on the newest first, as far as she has room
CREATE OR REPLACE FUNCTION guard.seat_supervisor(grant_id uuid, until timestamptz) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE g record; n int;
BEGIN
  SELECT * INTO g FROM public.accounts_rolegrant WHERE id = grant_id AND approved_by_id = guard.uid() AND revoked_at IS NULL;
  IF NOT FOUND THEN RAISE EXCEPTION 'no such grant approved by this person' USING ERRCODE = '42501'; END IF;
  -- a role that is renewed renews the places that came with it; one that lapsed makes room
  UPDATE public.casefiles_caseaccess a SET revoked_at = least(now(), a.expires_at), revoked_by_id = g.approved_by_id, rev = a.rev + 1
  FROM public.casefiles_casefile f JOIN guard.supervision s ON s.kind = f.kind AND s.role = g.role
  WHERE f.id = a.file_id AND f.office_id = g.office_id AND f.status = 'open' AND a.user_id = g.user_id
    AND a.source = 'supervision' AND a.revoked_at IS NULL AND a.expires_at < least(until, g.expires_at);
  INSERT INTO public.casefiles_caseaccess
    (id, rev, user_id, file_id, source, reason_code, granted_by_id, approved_by_id, starts_at, ends_at, expires_at, sort_key)
  SELECT gen_random_uuid(), 1, g.user_id, f.id, 'supervision', 'SUPERVISION', g.approved_by_id, g.approved_by_id,
         now(), least(until, g.expires_at), least(until, g.expires_at), f.sort_key
  FROM public.casefiles_casefile f JOIN guard.supervision s ON s.kind = f.kind AND s.role = g.role
  WHERE f.office_id = g.office_id AND f.status = 'open'
    AND NOT EXISTS (SELECT FROM public.casefiles_caseaccess a
                    WHERE a.user_id = g.user_id AND a.file_id = f.id AND a.source = 'supervision' AND a.revoked_at IS NULL)
  ORDER BY f.sort_key DESC LIMIT (SELECT r.room FROM guard.room_of(ARRAY[g.user_id]) r);
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $$;
-- the person in the door worked on a file herself: so the log says, and so her place on it goes on. Counted by the week: a
-- place changes at most once in seven days
CREATE OR REPLACE FUNCTION guard.my_uses() RETURNS TABLE (place uuid, at timestamptz) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.id, u.at FROM public.casefiles_caseaccess a JOIN guard.place_life l ON l.source = a.source AND l.used IS NOT NULL
  JOIN (SELECT s.subject, max(e.at) AS at FROM public.audit_subject s JOIN public.audit_event e ON e.id = s.event_id
        WHERE s.event_id >= (SELECT min(x.id) FROM public.audit_event x WHERE x.at >= now() - interval '45 days')
          AND s.actor = (SELECT guard.uid())::text AND s.act NOT IN ('list.seen', 'search.made')
          AND s.subject = ANY (ARRAY(SELECT guard.my_files())) GROUP BY 1) u ON u.subject = a.file_id
  WHERE a.user_id = (SELECT guard.uid()) AND a.revoked_at IS NULL AND a.expires_at > now()
    AND u.at > coalesce(a.last_used_at, a.starts_at) + interval '7 days' $$;
CREATE OR REPLACE FUNCTION guard.note_my_uses() RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE n int;
BEGIN
  IF guard.mode() IS DISTINCT FROM 'w' THEN RAISE EXCEPTION 'nobody used anything' USING ERRCODE = '42501'; END IF;
  UPDATE public.casefiles_caseaccess a SET last_used_at = u.at, rev = a.rev + 1 FROM guard.my_uses() u WHERE a.id = u.place;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $$;

-- The roster: what supervisors of an office know of its files
CREATE OR REPLACE FUNCTION guard.my_shelves() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT g.office_id || ':' || s.kind FROM public.accounts_rolegrant g JOIN guard.supervision s ON s.role = g.role
  JOIN public.accounts_user u ON u.id = g.user_id AND u.is_active
  WHERE g.user_id = (SELECT guard.uid()) AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL
    AND g.starts_at <= now() AND g.expires_at > now() $$;
CREATE OR REPLACE FUNCTION guard.enroll(files uuid[]) RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public.casefiles_rosterline AS r (id, file_id, code, kind, office_id, shelf, status, opened_at, sort_key, owner_code,
    owned_until, places, stood_until)
  SELECT gen_random_uuid(), f.id, f.code, f.kind, f.office_id, CASE WHEN f.is_sealed THEN '' ELSE f.office_id || ':' || f.kind END,
    f.status, f.opened_at, f.sort_key, coalesce(o.code, ''), o.expires_at, p.n, p.until
  FROM public.casefiles_casefile f
  CROSS JOIN LATERAL (SELECT count(DISTINCT a.user_id) AS n, max(a.expires_at) AS until FROM public.casefiles_caseaccess a
    WHERE a.file_id = f.id AND a.revoked_at IS NULL AND a.expires_at > now()) p
  LEFT JOIN LATERAL (SELECT u.code, a.expires_at FROM public.casefiles_caseaccess a JOIN public.accounts_user u ON u.id = a.user_id
    WHERE a.file_id = f.id AND a.source IN ('assignment', 'referral') AND a.revoked_at IS NULL AND a.expires_at > now()
    ORDER BY a.reason_code = 'OWNER' DESC, CASE a.reason_code WHEN 'OWNER' THEN now() - a.starts_at ELSE a.starts_at - timestamptz 'epoch' END,
      a.id LIMIT 1) o ON true
  WHERE f.id = ANY (files) ORDER BY f.id
  ON CONFLICT (file_id) DO UPDATE SET office_id = excluded.office_id, shelf = excluded.shelf, status = excluded.status,
    sort_key = excluded.sort_key, owner_code = excluded.owner_code, owned_until = excluded.owned_until, places = excluded.places,
    stood_until = excluded.stood_until
  WHERE (r.office_id, r.shelf, r.status, r.sort_key, r.owner_code, r.owned_until, r.places, r.stood_until) IS DISTINCT FROM
    (excluded.office_id, excluded.shelf, excluded.status, excluded.sort_key, excluded.owner_code, excluded.owned_until,
     excluded.places, excluded.stood_until) $$;
CREATE OR REPLACE FUNCTION guard.enroll_files() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN PERFORM guard.enroll(ARRAY(SELECT c.id FROM changed c)); RETURN NULL; END $$;
CREATE OR REPLACE FUNCTION guard.enroll_places() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN PERFORM guard.enroll(ARRAY(SELECT DISTINCT c.file_id FROM changed c)); RETURN NULL; END $$;
-- places that ended by themselves since yesterday are counted no more
CREATE OR REPLACE FUNCTION guard.renew_roster() RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT guard.enroll(ARRAY(SELECT DISTINCT a.file_id FROM public.casefiles_caseaccess a
    WHERE a.expires_at BETWEEN now() - interval '3 days' AND now())) $$;

-- A colleague leaves: who has charge of the files she leaves, and what she meant to do on them
CREATE OR REPLACE FUNCTION guard.heirs(person uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT g.user_id FROM public.casefiles_caseaccess a JOIN public.casefiles_casefile f ON f.id = a.file_id
  JOIN guard.supervision s ON s.kind = f.kind JOIN public.accounts_rolegrant g ON g.role = s.role AND g.office_id = f.office_id
  JOIN public.accounts_user u ON u.id = g.user_id AND u.is_active
  WHERE a.user_id = person AND a.revoked_at IS NULL AND a.expires_at > now() AND f.status = 'open' AND NOT f.is_sealed
    AND g.user_id <> person AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL AND g.starts_at <= now()
    AND g.expires_at > now() AND (guard.looks_after(person) OR person = guard.uid() AND guard.is_over(person)) $$;
CREATE OR REPLACE FUNCTION guard.left_reminders(person uuid) RETURNS TABLE (file_id uuid, about_code text, path text, subject text,
  at timestamptz) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.file_id, r.about_code::text, r.path::text, r.subject::text, r.at FROM public.notices_reminder r
  JOIN public.casefiles_casefile f ON f.id = r.file_id
  WHERE r.user_id = person AND r.state = 'waiting' AND r.file_id = ANY (ARRAY(SELECT guard.my_files()))
    AND guard.has_role(ARRAY(SELECT s.role FROM guard.supervision s WHERE s.kind = f.kind))
    AND NOT EXISTS (SELECT FROM public.casefiles_caseaccess a WHERE a.file_id = r.file_id AND a.user_id = person
                    AND a.revoked_at IS NULL AND a.starts_at <= now() AND a.expires_at > now())
  ORDER BY r.at $$;
-- A file goes to another office: agreed by two, exactly this; every place on it ends, the supervisors there stand on it
CREATE OR REPLACE FUNCTION guard.transfer(which uuid) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE t record; n int;
BEGIN
  SELECT x.file_id, x.source_id, x.target_id, x.request_id, q.kind AS sort, q.digest, q.state, q.asked_by_id, q.decided_by_id, f.code,
    f.kind, f.office_id AS stands, f.sort_key, s.code AS was, o.code AS becomes INTO t
  FROM public.casefiles_transfer x JOIN public.approvals_request q ON q.id = x.request_id
  JOIN public.casefiles_casefile f ON f.id = x.file_id JOIN public.accounts_office s ON s.id = x.source_id
  JOIN public.accounts_office o ON o.id = x.target_id WHERE x.id = which;
  IF NOT FOUND OR t.sort <> 'transfer' OR t.state <> 'approved' OR t.decided_by_id IS DISTINCT FROM guard.uid()
     OR guard.mode() IS DISTINCT FROM 'w' OR NOT guard.agreed(t.request_id, t.code) OR t.stands <> t.source_id
     OR t.digest <> encode(sha256(convert_to(format('{"file":"%s","from":"%s","to":"%s"}', t.code, t.was, t.becomes), 'UTF8')), 'hex')
  THEN
    RAISE EXCEPTION 'two people have not agreed to this' USING ERRCODE = '42501';
  END IF;
  -- back to the supervisors of its own office only while nobody stands on it: nobody is shaken off so
  IF t.source_id = t.target_id AND EXISTS (SELECT FROM public.casefiles_caseaccess a WHERE a.file_id = t.file_id
       AND a.revoked_at IS NULL AND a.starts_at <= now() AND a.expires_at > now()) THEN
    RAISE EXCEPTION 'somebody stands on this file' USING ERRCODE = '42501';
  END IF;
  INSERT INTO guard.moving VALUES (t.file_id, t.target_id, pg_current_xact_id());
  UPDATE public.casefiles_casefile f SET office_id = t.target_id, rev = f.rev + 1 WHERE f.id = t.file_id;
  UPDATE public.casefiles_caseaccess a SET revoked_at = now(), revoked_by_id = t.decided_by_id, rev = a.rev + 1
    WHERE a.file_id = t.file_id AND a.revoked_at IS NULL AND a.expires_at > now();
  INSERT INTO public.casefiles_caseaccess
    (id, rev, user_id, file_id, source, reason_code, granted_by_id, approved_by_id, starts_at, ends_at, expires_at, sort_key)
  SELECT gen_random_uuid(), 1, g.user_id, t.file_id, 'supervision', 'TRANSFER', t.asked_by_id, t.decided_by_id, now(), 'infinity',
    'infinity', t.sort_key
  FROM (SELECT DISTINCT g.user_id FROM public.accounts_rolegrant g JOIN guard.supervision s ON s.role = g.role AND s.kind = t.kind
        JOIN public.accounts_user u ON u.id = g.user_id AND u.is_active
        WHERE g.office_id = t.target_id AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL AND g.starts_at <= now()
        AND g.expires_at > now()) g
  WHERE (SELECT r.room FROM guard.room_of(ARRAY[g.user_id]) r) > 0;
  GET DIAGNOSTICS n = ROW_COUNT;
  IF n = 0 THEN
    RAISE EXCEPTION 'nobody there supervises files of this wing' USING ERRCODE = '23514', CONSTRAINT = 'transfer_to_somebody';
  END IF;
  RETURN n;
END $$;
RESET ROLE;
REVOKE ALL ON FUNCTION guard.place_times(uuid, uuid, text, timestamptz, timestamptz, timestamptz, timestamptz),
  guard.standing_places(uuid), guard.room_of(uuid[]), guard.check_cap(), guard.confirm_refusal(uuid, uuid, text),
  guard.end_lapsed(uuid, uuid, text), guard.check_access(), guard.seat_supervisor(uuid, timestamptz), guard.my_uses(),
  guard.note_my_uses(), guard.heirs(uuid), guard.left_reminders(uuid), guard.transfer(uuid), guard.my_shelves(), guard.enroll(uuid[]), guard.enroll_files(), guard.enroll_places(), guard.renew_roster() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.place_times(uuid, uuid, text, timestamptz, timestamptz, timestamptz, timestamptz),
  guard.room_of(uuid[]), guard.confirm_refusal(uuid, uuid, text), guard.end_lapsed(uuid, uuid, text),
  guard.seat_supervisor(uuid, timestamptz), guard.my_uses(), guard.note_my_uses(),
  guard.my_shelves(), guard.renew_roster(), guard.heirs(uuid), guard.left_reminders(uuid), guard.transfer(uuid)
  TO ijm_app;
