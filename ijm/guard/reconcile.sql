-- What lets the log and the history be held against the tables: which event told which history row, which keys were changed.
SET LOCAL ROLE ijm_keeper;
-- the salts of row digests come from this key; it never leaves the database but in a back-up
CREATE TABLE IF NOT EXISTS guard.row_key (id int PRIMARY KEY CHECK (id = 1), ipad bytea NOT NULL, opad bytea NOT NULL);
CREATE TABLE IF NOT EXISTS guard.told (history_id uuid PRIMARY KEY, tab text NOT NULL, row_id uuid NOT NULL, event_id bigint NOT NULL);
CREATE INDEX IF NOT EXISTS told_rows ON guard.told (tab, row_id);
CREATE TABLE IF NOT EXISTS guard.turned (tab text, row_id uuid, bundle text, becomes text, was text NOT NULL, event_id bigint NOT NULL,
  PRIMARY KEY (tab, row_id, bundle, becomes));
-- for who reads a history row under her own name; whoever has digests (the auditor) has no salts, and the reverse
CREATE OR REPLACE FUNCTION guard.row_salt(history_id uuid) RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT sha256(k.opad || sha256(k.ipad || uuid_send(row_salt.history_id))) FROM guard.row_key k WHERE guard.uid() IS NOT NULL $$;
-- the digest that a bundle had before its keys were ever changed
CREATE OR REPLACE FUNCTION guard.before_keys(of_tab text, of_row uuid, of_bundle text, now text) RETURNS text LANGUAGE plpgsql
  STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE earlier text;
BEGIN
  FOR step IN 1..1000 LOOP
    SELECT t.was INTO earlier FROM guard.turned t
      WHERE t.tab = of_tab AND t.row_id = of_row AND t.bundle = of_bundle AND t.becomes = now;
    EXIT WHEN NOT FOUND;
    now := earlier;
  END LOOP;
  RETURN now;
END $$;
-- a change by anybody mightier than the application, told by the database itself; a long one in several events of one id
CREATE OR REPLACE FUNCTION guard.tell_out_of_band(seen text) RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  WITH told AS (SELECT r ->> 0 AS tab, r ->> 1 AS pk, r ->> 2 AS kind, r ->> 3 AS history, r ->> 4 AS digest, r -> 5 AS bundles, n,
      (n - 1) / 150 AS part FROM jsonb_array_elements(('[' || seen || ']')::jsonb) WITH ORDINALITY AS rows (r, n)),
  portions AS (SELECT part, string_agg(format('["%s","%s","%s","%s","%s"]', tab, pk, kind, history, digest), ',' ORDER BY n) AS hist,
      (SELECT string_agg(format('"%s.%s":"%s"', t.pk, b.key, b.value), ',' ORDER BY (t.pk || '.' || b.key) COLLATE "C")
       FROM told t, jsonb_each_text(t.bundles) b WHERE t.part = told.part) AS dig FROM told GROUP BY part)
  INSERT INTO public.audit_event (body) SELECT convert_to(format(
    '{"act":"record.out_of_band","cat":"change",%s"hist":[%s],"id":"%s","out":0,%s"t":%s,"v":1,"who":{"code":%s,"role":"DATABASE"}}',
    '"dig":{' || dig || '},', hist, replace(same.id::text, '-', ''), CASE WHEN part > 0 THEN format('"part":%s,', part) END,
    floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint, to_json(session_user::text)), 'UTF8')
  FROM portions, (SELECT gen_random_uuid() AS id OFFSET 0) same ORDER BY part $$;
-- whether the event that told this history row says this digest; NULL where no event told it
CREATE OR REPLACE FUNCTION guard.is_told(history_id uuid, digest text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE event bigint; said bytea := convert_to(format('"%s","%s"]', history_id, digest), 'UTF8');
BEGIN
  SELECT t.event_id INTO event FROM guard.told t WHERE t.history_id = is_told.history_id;
  IF FOUND THEN RETURN coalesce((SELECT position(said IN e.body) > 0 FROM public.audit_event e WHERE e.id = event), false); END IF;
  RETURN (SELECT true FROM public.audit_event e, guard.cursor c  -- told, but not indexed yet
    WHERE c.name = 'subjects' AND (e.epoch, e.xid, e.id) > (c.epoch, c.xid, c.id) AND position(said IN e.body) > 0 LIMIT 1);
END $$;
RESET ROLE;
REVOKE ALL ON FUNCTION guard.row_salt(uuid), guard.before_keys(text, uuid, text, text), guard.tell_out_of_band(text),
  guard.is_told(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.row_salt(uuid), guard.before_keys(text, uuid, text, text) TO ijm_app;
