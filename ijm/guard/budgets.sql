-- Budgets: how much one person opened, fetched, searched and listed, in which time. The counts lie where no serving role
-- reads or writes; the application adds to those of the person in the door through guard.spend(), and takes nothing back.
SET LOCAL ROLE ijm_keeper;
CREATE TABLE IF NOT EXISTS guard.budget (kind text PRIMARY KEY, warn bigint NOT NULL, stop bigint NOT NULL, minutes int NOT NULL);
CREATE TABLE IF NOT EXISTS guard.unlocker (role text PRIMARY KEY);
CREATE TABLE IF NOT EXISTS guard.opening (person uuid, kind text, on_day date, item uuid, at timestamptz NOT NULL,
  is_outside boolean NOT NULL, PRIMARY KEY (person, kind, on_day, item));
CREATE TABLE IF NOT EXISTS guard.spent (person uuid, kind text, since timestamptz, n bigint NOT NULL,
  PRIMARY KEY (person, kind, since));
CREATE TABLE IF NOT EXISTS guard.warned (person uuid, kind text, on_day date, PRIMARY KEY (person, kind, on_day));
CREATE TABLE IF NOT EXISTS guard.decoy (file uuid PRIMARY KEY, made_by uuid NOT NULL, made_at timestamptz NOT NULL);

-- the office's own day
CREATE OR REPLACE FUNCTION guard.today() RETURNS date LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ SELECT (now() AT TIME ZONE 'Asia/Phnom_Penh')::date $$;
-- how much of a budget is spent: what is opened counts once a day, within ten minutes by its last time; numbers count in
-- portions of ten minutes
CREATE OR REPLACE FUNCTION guard.tally(who uuid, what text, span int) RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE today date := guard.today();
BEGIN
  RETURN CASE what
    WHEN 'files.day' THEN (SELECT count(*) FROM guard.opening o WHERE o.person = who AND o.kind = 'file' AND o.on_day = today)
    WHEN 'files.burst' THEN (SELECT count(*) FROM guard.opening o WHERE o.person = who AND o.kind = 'file' AND o.on_day = today
      AND o.at > now() - make_interval(mins => span))
    WHEN 'files.outside' THEN (SELECT count(*) FROM guard.opening o WHERE o.person = who AND o.kind = 'file'
      AND o.on_day = today AND o.is_outside)
    WHEN 'identities.day' THEN (SELECT count(*) FROM guard.opening o WHERE o.person = who AND o.kind = 'identity' AND o.on_day = today)
    WHEN 'downloads.day' THEN (SELECT count(*) FROM guard.opening o WHERE o.person = who AND o.kind = 'download' AND o.on_day = today)
    ELSE (SELECT coalesce(sum(s.n), 0) FROM guard.spent s WHERE s.person = who AND s.kind = what AND s.since >
      CASE WHEN span >= 1440 THEN today::timestamp AT TIME ZONE 'Asia/Phnom_Penh' - interval '1 second'
           ELSE now() - make_interval(mins => span) END)
  END;
END $$;
-- another supervisor's unlocks of the last two hours; each gives as much again
CREATE OR REPLACE FUNCTION guard.unlocks(who uuid, what text) RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT count(*) FROM public.approvals_request r JOIN public.budgets_stop s ON s.code = r.about
    WHERE r.kind = 'budget.unlock' AND s.user_id = who AND s.kind = what AND r.asked_by_id = who
      AND r.state IN ('approved', 'done') AND r.decided_at > now() - interval '2 hours');
END $$;
-- the order by which nothing leaves this office, or no office; two people end it
CREATE OR REPLACE FUNCTION guard.halted(place uuid) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT h.code FROM public.budgets_halt h WHERE (h.office_id IS NULL OR h.office_id = place)
    AND NOT EXISTS (SELECT FROM public.approvals_request r WHERE r.kind = 'halt.lift' AND r.about = h.code
      AND r.state IN ('approved', 'done')) ORDER BY h.set_at LIMIT 1);
END $$;
-- who may unlock in this office, or in one that it supports
CREATE OR REPLACE FUNCTION guard.unlocks_for(place uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ SELECT guard.reaches(place, ARRAY(SELECT role FROM guard.unlocker)) $$;

CREATE OR REPLACE FUNCTION guard.spend(kinds text[], items uuid[], names text[], amounts bigint[])
  RETURNS TABLE (kind text, n bigint, is_first boolean) LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE me uuid := guard.uid(); today date := guard.today(); touched text[] := names; was timestamptz; is_hers boolean;
  order_code text; hit record;
BEGIN
  IF me IS NULL THEN RAISE EXCEPTION 'a budget is spent by somebody' USING ERRCODE = '42501'; END IF;
  IF 'download' = ANY (kinds) OR 'exports.day' = ANY (names) THEN
    order_code := guard.halted(guard.office_of(me));
    IF order_code IS NOT NULL THEN RAISE EXCEPTION 'nothing leaves now' USING ERRCODE = 'IJ423', DETAIL = order_code; END IF;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(me::text, 9));  -- what she spends at the same time waits for this
  FOR i IN 1 .. cardinality(items) LOOP
    SELECT o.at INTO was FROM guard.opening o
      WHERE o.person = me AND o.kind = kinds[i] AND o.on_day = today AND o.item = items[i];
    IF FOUND THEN
      CONTINUE WHEN kinds[i] <> 'file' OR was > now() - interval '10 minutes';
      UPDATE guard.opening o SET at = now() WHERE o.person = me AND o.kind = 'file' AND o.on_day = today AND o.item = items[i];
      touched := touched || 'files.burst'::text;
      CONTINUE;
    END IF;
    is_hers := true;
    IF kinds[i] = 'file' THEN
      SELECT bool_or(a.source = 'assignment') INTO is_hers FROM public.casefiles_caseaccess a
        WHERE a.user_id = me AND a.file_id = items[i] AND a.revoked_at IS NULL AND a.starts_at <= now() AND a.expires_at > now();
      CONTINUE WHEN is_hers IS NULL;  -- no place on it: she saw its number, nothing of it
      is_hers := is_hers OR EXISTS (SELECT FROM public.notices_reminder r
        WHERE r.user_id = me AND r.file_id = items[i] AND r.state = 'waiting');
      touched := touched || ARRAY['files.day', 'files.burst'] || CASE WHEN is_hers THEN '{}'::text[] ELSE '{files.outside}' END;
      IF EXISTS (SELECT FROM guard.decoy d WHERE d.file = items[i]) THEN
        kind := 'decoy'; n := 1; is_first := true; RETURN NEXT;
      END IF;
    ELSE
      touched := touched || CASE kinds[i] WHEN 'identity' THEN 'identities.day' ELSE 'downloads.day' END;
    END IF;
    INSERT INTO guard.opening VALUES (me, kinds[i], today, items[i], now(), NOT is_hers);
  END LOOP;
  INSERT INTO guard.spent AS s (person, kind, since, n)
    SELECT me, v.name, date_bin(interval '10 minutes', now(), timestamptz '2000-01-01'), v.amount FROM unnest(names, amounts) v (name, amount)
    WHERE v.amount > 0
    ON CONFLICT (person, kind, since) DO UPDATE SET n = s.n + excluded.n;
  FOR hit IN SELECT b.kind, b.warn, b.stop, guard.tally(me, b.kind, b.minutes) AS spent FROM guard.budget b
             WHERE b.kind = ANY (touched) LOOP
    IF hit.spent > hit.stop AND hit.spent > hit.stop * (1 + guard.unlocks(me, hit.kind)) THEN
      RAISE EXCEPTION 'a budget is spent' USING ERRCODE = 'IJ429', DETAIL = hit.kind;
    END IF;
    IF hit.spent >= hit.warn THEN
      INSERT INTO guard.warned VALUES (me, hit.kind, today) ON CONFLICT DO NOTHING;
      is_first := FOUND; kind := hit.kind; n := hit.spent; RETURN NEXT;
    END IF;
  END LOOP;
END $$;
-- her own figures, and the values by which she is measured
CREATE OR REPLACE FUNCTION guard.my_spending() RETURNS TABLE (kind text, spent bigint, warn bigint, stop bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT b.kind, guard.tally(guard.uid(), b.kind, b.minutes), b.warn, b.stop FROM guard.budget b $$;
-- Decoys. The officer marks a file that she opens in this very transaction, so that no file about somebody is ever marked.
CREATE OR REPLACE FUNCTION guard.mark_decoy(target uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT guard.has_role(ARRAY['DATA_PROTECTION']) OR NOT target = ANY (ARRAY(SELECT guard.files_opened_now())) THEN
    RAISE EXCEPTION 'a decoy is made by the data-protection officer, as a new file' USING ERRCODE = '42501';
  END IF;
  INSERT INTO guard.decoy VALUES (target, guard.uid(), now());
END $$;
CREATE OR REPLACE FUNCTION guard.decoys() RETURNS TABLE (file_id uuid, code text, office_id uuid, made_by uuid, made_at timestamptz,
    openings bigint, opened_at timestamptz) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT d.file, f.code::text, f.office_id, d.made_by, d.made_at, count(o.item), max(o.at)
  FROM guard.decoy d JOIN public.casefiles_casefile f ON f.id = d.file
  LEFT JOIN guard.opening o ON o.kind = 'file' AND o.item = d.file
  WHERE guard.reaches(f.office_id, ARRAY['AUDITOR', 'DATA_PROTECTION']) GROUP BY d.file, f.id $$;
CREATE OR REPLACE FUNCTION guard.without_decoys(files uuid[]) RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT array_agg(f) FROM unnest(files) f WHERE NOT EXISTS (SELECT FROM guard.decoy d WHERE d.file = f) $$;
-- counts are thrown away when they are too old to stop anybody; today's by nobody
CREATE OR REPLACE FUNCTION guard.forget_spending(days int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE before date := guard.today() - greatest(days, 7); number int;
BEGIN
  DELETE FROM guard.opening o WHERE o.on_day < before;
  GET DIAGNOSTICS number = ROW_COUNT;
  DELETE FROM guard.spent s WHERE s.since < before;
  DELETE FROM guard.warned w WHERE w.on_day < before;
  RETURN number;
END $$;
REVOKE ALL ON guard.budget, guard.unlocker, guard.opening, guard.spent, guard.warned, guard.decoy FROM PUBLIC, ijm_app, ijm_audit;
REVOKE ALL ON FUNCTION guard.today(), guard.tally(uuid, text, int), guard.unlocks(uuid, text), guard.halted(uuid),
  guard.unlocks_for(uuid), guard.spend(text[], uuid[], text[], bigint[]), guard.my_spending(), guard.forget_spending(int),
  guard.mark_decoy(uuid), guard.decoys(), guard.without_decoys(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.unlocks_for(uuid), guard.spend(text[], uuid[], text[], bigint[]), guard.my_spending(),
  guard.forget_spending(int), guard.mark_decoy(uuid), guard.decoys(), guard.without_decoys(uuid[]) TO ijm_app;
RESET ROLE;
