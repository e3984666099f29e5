-- Loaded by the superuser of the measuring cluster: rows of an office that never was.
WITH o AS (INSERT INTO accounts_office (id, rev, code, name_en, name_km, province, is_small, phone, time_zone, quick_exit,
                                        languages)
           VALUES (gen_random_uuid(), 1, 'OF-BENCH', 'Bench', '', '', false, '', '', '', 'km,en') RETURNING id),
     u AS (INSERT INTO accounts_user (id, rev, password, code, username, email, name, name_km, language, office_id,
                                      is_active, is_superuser, is_system, theme, has_shortcuts, arrival, sessions)
           SELECT gen_random_uuid(), 1, '!', 'US-BENCH', 'bench', '', 'Bench', '', 'en', o.id, true, false, false, '', true, '', 0
           FROM o RETURNING id, office_id),
     f AS (INSERT INTO casefiles_casefile (id, rev, code, kind, office_id, status, is_sealed, opened_at, opened_by_id, sort_key)
           SELECT gen_random_uuid(), 1, 'IV-' || lpad(n::text, 9, '0'), 'investigation', u.office_id, 'open', false,
                  now() - n * interval '20 minutes', u.id, now() - n * interval '20 minutes'
           FROM u, generate_series(1, :files) n RETURNING id, opened_by_id, sort_key)
INSERT INTO casefiles_caseaccess (id, rev, user_id, file_id, source, reason_code, granted_by_id, starts_at, expires_at, sort_key)
SELECT gen_random_uuid(), 1, f.opened_by_id, f.id, 'assignment', 'BENCH', f.opened_by_id, now() - interval '1 hour',
       now() + interval '90 days', f.sort_key
FROM f ORDER BY random() LIMIT :grants;
